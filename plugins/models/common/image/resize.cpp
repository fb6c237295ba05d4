#include "plugins/models/common/image/resize.hpp"

#include "plugins/models/common/image/resize_pil.hpp"
#include "plugins/models/common/image/resize_torchvision.hpp"

namespace ocellus::models {

Resize resize_of(std::string_view name) {
  return name == "torchvision" ? Resize::torchvision : name == "pil12" ? Resize::pil12 : Resize::pil;
}

std::vector<std::uint8_t> resize_bicubic(std::span<const std::uint8_t> rgb, Size from, Size to, Resize resize) {
  if (resize == Resize::torchvision) return resize_torchvision_bicubic(rgb, from, to);
  return resize_pil(rgb, from, to, PillowFilter::bicubic,
                    resize == Resize::pil12 ? PassOrder::width_first : PassOrder::pillow_13);
}

}  // namespace ocellus::models
