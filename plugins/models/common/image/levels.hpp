// What the 256 levels of one channel become.
#pragma once

#include <array>
#include <cstddef>

namespace ocellus::models {

struct Levels {
  bool rescale;
  double rescale_factor;
  bool normalize;
  float mean, deviation;

  // Arithmetic as numpy's in the slow classes of transformers: float(double(level) * rescale_factor), then
  // (x - mean) / deviation in float.
  std::array<float, 256> values() const {
    std::array<float, 256> values;
    for (std::size_t level = 0; level < values.size(); ++level) {
      auto value = static_cast<float>(level);
      if (rescale) value = static_cast<float>(static_cast<double>(level) * rescale_factor);
      if (normalize) value = (value - mean) / deviation;
      values[level] = value;
    }
    return values;
  }
};

}  // namespace ocellus::models
