#include "plugins/models/common/noise/noise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/noise/normal.hpp"

namespace ocellus::models {

namespace {

// The noise's elements one after another, so that a block is drawn once.
class Elements {
 public:
  Elements(const oc_noise& noise, uint64_t count) : noise_(noise) {
    if (noise.values == nullptr || noise.n_values == count) return;
    throw Error(OC_E_OPTION, fmt::format("the noise file has {} values a draw, and this sample's pictures take {}",
                                         noise.n_values, count));
  }
  float at(uint64_t element) {
    if (noise_.values != nullptr) return noise_.values[element];
    const uint64_t block = element / normals_of_block;
    if (!known_ || block != block_) {
      values_ = normal_block(noise_.seed, noise_.draw, block);
      block_ = block;
      known_ = true;
    }
    return values_[element % normals_of_block];
  }

 private:
  const oc_noise& noise_;
  bool known_ = false;
  uint64_t block_ = 0;
  std::array<float, normals_of_block> values_{};
};

}  // namespace

float standard_normal(uint64_t seed, uint32_t draw, uint64_t element) {
  return normal_block(seed, draw, element / normals_of_block)[element % normals_of_block];
}

std::vector<float> under_noise(std::span<const float> pixel_values, const PixelPlanes& planes, const oc_noise* noise) {
  std::vector<float> noisy(pixel_values.begin(), pixel_values.end());
  if (noise == nullptr) return noisy;
  const auto std = static_cast<float>(noise->std);
  if (noise->space == OC_NOISE_MODEL) {
    Elements elements(*noise, noisy.size());
    for (size_t i = 0; i < noisy.size(); ++i) noisy[i] += std * elements.at(i);
    if (noise->limit > 0) {
      const auto limit = static_cast<float>(noise->limit);
      for (float& value : noisy) value = std::clamp(value, -limit, limit);
    }
    return noisy;
  }
  const auto size = static_cast<size_t>(planes.elements), copies = static_cast<size_t>(planes.copies);
  Elements elements(*noise, noisy.size() / copies);
  for (size_t first = 0; first < noisy.size(); first += size) {
    const size_t plane = first / size / copies;
    const float mean = planes.mean[plane % 3], spread = planes.std[plane % 3];
    for (size_t i = 0; i < size; ++i) {
      const float pixel = noisy[first + i] * spread + mean + std * elements.at(plane * size + i);
      noisy[first + i] = (std::clamp(pixel, 0.0f, 1.0f) - mean) / spread;
    }
  }
  return noisy;
}

}  // namespace ocellus::models
