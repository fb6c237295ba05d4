// Whose bicubic resizing to reproduce, by the names that model plugins give their users.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/models/common/image/size.hpp"

namespace ocellus::models {

enum class Resize { pil, pil12, torchvision };

// "pil", "pil12" or "torchvision".
Resize resize_of(std::string_view name);

// See resize_pil and resize_torchvision_bicubic.
std::vector<std::uint8_t> resize_bicubic(std::span<const std::uint8_t> rgb, Size from, Size to, Resize resize);

}  // namespace ocellus::models
