// Pillow's picture resizing, bit for bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/models/common/image/size.hpp"

namespace ocellus::models {

// Which pass comes first; with 8 bits between the passes sharp pictures differ by some levels.
enum class PassOrder {
  pillow_13,    // Pillow 13: the height where h - H > 0 and h - H > 2 (w - W), of sizes h x w to H x W; else the width
  width_first,  // Pillow up to 12 (12.3 begins with the height of strips more than 100 times as tall as wide)
};

enum class PillowFilter { bicubic, lanczos };

// What Pillow's Image.resize(…, BICUBIC or LANCZOS) makes of an RGB picture: rgb is [from.height, from.width, 3], the
// result [to.height, to.width, 3]. Two passes with 8 bits between them and weights in 22-bit fixed point; a pass along
// an unchanged side is left out. Throws Error(OC_E_INTERNAL) if a side is not positive or `rgb` has another size.
std::vector<std::uint8_t> resize_pil(std::span<const std::uint8_t> rgb, Size from, Size to,
                                     PillowFilter filter = PillowFilter::bicubic,
                                     PassOrder order = PassOrder::pillow_13);

}  // namespace ocellus::models
