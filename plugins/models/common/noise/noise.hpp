// Gaussian noise on a picture as a model is given it. Free of libtorch.
#pragma once

#include <ocellus/abi/probe.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ocellus::models {

// Element i of draw `draw` of standard normal noise, see oc_noise.
float standard_normal(uint64_t seed, uint32_t draw, uint64_t element);

// How `pixel_values` lie in memory: planes of `elements` values, red, green and blue in turn, each plane `copies` times
// in a row; and how they come of pixels in units of 0 to 1: (pixel - mean) / std for each channel.
struct PixelPlanes {
  int64_t elements = 1, copies = 1;
  std::array<float, 3> mean{}, std{1, 1, 1};
};

// `pixel_values` under `noise`; unchanged if it is NULL. In OC_NOISE_IMAGE all copies of a plane have the same noise,
// whose elements are numbered as if there were one. Throws Error(OC_E_OPTION) if `noise` brings values of its own and
// their number is not that of its elements.
std::vector<float> under_noise(std::span<const float> pixel_values, const PixelPlanes& planes, const oc_noise* noise);

}  // namespace ocellus::models
