// From attention to colour: two colours and what lies between them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::mp4 {

struct Ramp {
  drawing::Rgb low{224, 0, 0};
  drawing::Rgb high{0, 150, 0};
  double gamma = 1.0;  // exponent of the share of the range: below 1, small differences near the minimum show

  drawing::Rgb operator()(float value, const drawing::ValueRange& range) const {
    const double share = std::pow(std::clamp(double{drawing::normalise(value, range)}, 0.0, 1.0), gamma);
    const auto mixed = [share](std::uint8_t from, std::uint8_t to) {
      return static_cast<std::uint8_t>(std::lround(from + share * (to - from)));
    };
    return {mixed(low.r, high.r), mixed(low.g, high.g), mixed(low.b, high.b)};
  }
};

}  // namespace ocellus::mp4
