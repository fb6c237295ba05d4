#include "plugins/models/common/image/smart_resize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ocellus/sdk/error.hpp>

namespace ocellus::models {
namespace {

constexpr double max_aspect_ratio = 200;

void check_shape(Size picture) {
  if (picture.height <= 0 || picture.width <= 0)
    throw Error(OC_E_SAMPLE, fmt::format("the picture is {}x{} pixels, which is no picture; give another one",
                                         picture.width, picture.height));
  const auto [low, high] = std::minmax(picture.height, picture.width);
  const double ratio = static_cast<double>(high) / low;
  if (ratio > max_aspect_ratio)
    throw Error(OC_E_SAMPLE,
                fmt::format("the picture is {}x{} pixels, an aspect ratio of {:.4g}, and the model accepts at "
                            "most {:g}; crop it",
                            picture.width, picture.height, ratio, max_aspect_ratio));
}

}  // namespace

Size smart_resize(Size picture, int factor, PixelLimits limits) {
  check_shape(picture);
  const double height = picture.height;
  const double width = picture.width;
  const double unit = factor;
  // nearbyint, not round: Python rounds halves to even.
  double new_height = std::nearbyint(height / unit) * unit;
  double new_width = std::nearbyint(width / unit) * unit;
  if (new_height * new_width > static_cast<double>(limits.max_pixels)) {
    const double beta = std::sqrt(height * width / static_cast<double>(limits.max_pixels));
    new_height = std::max(unit, std::floor(height / beta / unit) * unit);
    new_width = std::max(unit, std::floor(width / beta / unit) * unit);
  } else if (new_height * new_width < static_cast<double>(limits.min_pixels)) {
    const double beta = std::sqrt(static_cast<double>(limits.min_pixels) / (height * width));
    new_height = std::ceil(height * beta / unit) * unit;
    new_width = std::ceil(width * beta / unit) * unit;
  }
  if (std::max(new_height, new_width) > std::numeric_limits<int>::max())
    throw Error(OC_E_SAMPLE,
                fmt::format("a picture of {}x{} pixels would have to be enlarged to {:.4g}x{:.4g}; lower the "
                            "minimum number of pixels",
                            picture.width, picture.height, new_width, new_height));
  return {static_cast<int>(new_height), static_cast<int>(new_width)};
}

}  // namespace ocellus::models
