// How the pixel values that a processor makes lie in memory, for noise on pictures.
#pragma once

#include <cstdint>

#include "plugins/models/common/noise/noise.hpp"

namespace ocellus::models {

// Of a processor that makes (level * rescale_factor - mean) / deviation of levels 0 to 255; or leaves one of both out.
template <class Processor>
PixelPlanes pixel_planes(const Processor& processor, int64_t elements, int64_t copies) {
  PixelPlanes planes{.elements = elements, .copies = copies};
  const double white = 255 * (processor.rescale ? static_cast<double>(processor.rescale_factor) : 1.0);
  for (size_t channel = 0; channel < 3; ++channel) {
    const auto mean = static_cast<double>(processor.mean[channel]);
    const auto deviation = static_cast<double>(processor.deviation[channel]);
    planes.mean[channel] = processor.normalize ? static_cast<float>(mean / white) : 0.0f;
    planes.std[channel] = static_cast<float>((processor.normalize ? deviation : 1.0) / white);
  }
  return planes;
}

}  // namespace ocellus::models
