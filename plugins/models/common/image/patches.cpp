#include "plugins/models/common/image/patches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/image/levels.hpp"

namespace ocellus::models {
namespace {

constexpr std::size_t channels = 3;

bool splits_into_blocks(Size picture, int factor) {
  return picture.height > 0 && picture.width > 0 && picture.height % factor == 0 && picture.width % factor == 0;
}

std::array<float, 256> level_values(std::size_t channel, const QwenImageProcessor& processor) {
  return Levels{processor.rescale, processor.rescale_factor, processor.normalize, processor.mean[channel],
                processor.deviation[channel]}
      .values();
}

}  // namespace

Size processed_size(Size picture, const QwenImageProcessor& processor) {
  if (processor.resize) return smart_resize(picture, processor.factor(), processor.limits);
  if (!splits_into_blocks(picture, processor.factor()))
    throw Error(OC_E_SAMPLE,
                fmt::format("the picture is {}x{} pixels, and this model takes only multiples of {}, as its "
                            "preprocessor_config.json turns resizing off; resize it",
                            picture.width, picture.height, processor.factor()));
  return picture;
}

Size patch_grid(Size processed, const QwenImageProcessor& processor) {
  return {processed.height / processor.patch_size, processed.width / processor.patch_size};
}

std::int64_t patch_width(const QwenImageProcessor& processor) {
  return std::int64_t{channels} * processor.temporal_patch_size * processor.patch_size * processor.patch_size;
}

void write_patches(std::span<const std::uint8_t> rgb, Size processed, const QwenImageProcessor& processor,
                   std::span<float> rows) {
  const auto height = static_cast<std::size_t>(processed.height);
  const auto width = static_cast<std::size_t>(processed.width);
  const auto side = static_cast<std::size_t>(processor.patch_size);
  const auto frames = static_cast<std::size_t>(processor.temporal_patch_size);
  const auto block = static_cast<std::size_t>(processor.factor());
  if (!splits_into_blocks(processed, processor.factor()) || rgb.size() != height * width * channels ||
      rows.size() != height * width * channels * frames)
    throw Error(OC_E_INTERNAL, fmt::format("a picture of {}x{} pixels in {} bytes does not make {} patch values",
                                           processed.width, processed.height, rgb.size(), rows.size()));
  const std::array values{level_values(0, processor), level_values(1, processor), level_values(2, processor)};
  float* out = rows.data();

  const auto write_patch = [&](std::size_t top, std::size_t left) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const float* first_frame = out;
      for (std::size_t y = top; y < top + side; ++y)
        for (std::size_t x = left; x < left + side; ++x)
          *out++ = values[channel][rgb[(y * width + x) * channels + channel]];
      for (std::size_t frame = 1; frame < frames; ++frame) out = std::copy_n(first_frame, side * side, out);
    }
  };
  for (std::size_t block_top = 0; block_top < height; block_top += block)
    for (std::size_t block_left = 0; block_left < width; block_left += block)
      for (std::size_t top = block_top; top < block_top + block; top += side)
        for (std::size_t left = block_left; left < block_left + block; left += side) write_patch(top, left);
}

}  // namespace ocellus::models
