// torchvision's picture resizing, bit for bit, by libtorch, which it is made of. Needs libtorch at run time; the header
// does not.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/models/common/image/size.hpp"

namespace ocellus::models {

// What torchvision's resize(…, BICUBIC, antialias=True) makes of an RGB picture of bytes, as the fast image processors
// of transformers ask for: rgb is [from.height, from.width, 3], the result [to.height, to.width, 3]. Throws
// Error(OC_E_INTERNAL) if a side is not positive or `rgb` has another size, Error(OC_E_MEMORY).
std::vector<std::uint8_t> resize_torchvision_bicubic(std::span<const std::uint8_t> rgb, Size from, Size to);

}  // namespace ocellus::models
