#include "plugins/models/common/image/resize_torchvision.hpp"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/models/common/transformer/runtime_errors.hpp"

namespace ocellus::models {

std::vector<std::uint8_t> resize_torchvision_bicubic(std::span<const std::uint8_t> rgb, Size from, Size to) {
  if (from.height <= 0 || from.width <= 0 || to.height <= 0 || to.width <= 0 ||
      rgb.size() != static_cast<std::size_t>(from.height) * static_cast<std::size_t>(from.width) * 3) {
    throw Error(OC_E_INTERNAL, std::to_string(rgb.size()) + " bytes of RGB cannot be resized from " +
                                   std::to_string(from.width) + "x" + std::to_string(from.height) + " to " +
                                   std::to_string(to.width) + "x" + std::to_string(to.height) + " pixels");
  }
  std::vector<std::uint8_t> resized;
  with_translated_errors([&] {
    const c10::InferenceMode no_autograd;
    const at::Tensor picture = at::from_blob(const_cast<std::uint8_t*>(rgb.data()), {1, from.height, from.width, 3},
                                             at::TensorOptions(at::kByte));
    // Channels stay last: the operator takes both orders and gives the same bytes, but fails on a result of one pixel
    // in the other.
    const at::Tensor out =
        at::_upsample_bicubic2d_aa(picture.permute({0, 3, 1, 2}), at::IntArrayRef{to.height, to.width},
                                   /*align_corners=*/false, /*scale_factors=*/std::nullopt);
    const at::Tensor pixels = out.permute({0, 2, 3, 1}).contiguous();
    const std::uint8_t* const first = pixels.const_data_ptr<std::uint8_t>();
    resized.assign(first, first + pixels.numel());
  });
  return resized;
}

}  // namespace ocellus::models
