#include "plugins/renderers/common/heat_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ocellus/sdk/error.hpp>
#include <vector>

namespace ocellus::drawing {
namespace {

constexpr int kSteps = 4096;

// alpha * colour + (1 - alpha) * picture, rounded. A picture has far more pixels than there are products to form, so
// they are formed before.
class Mixer {
 public:
  explicit Mixer(const HeatStyle& style) {
    for (int step = 0; step <= kSteps; ++step) {
      over_.push_back(shares(style.colormap(static_cast<float>(step) / kSteps), style.alpha));
    }
    outside_ = shares(kNanColour, style.alpha);
    for (int level = 0; level < 256; ++level) under_[static_cast<std::size_t>(level)] = (1.0 - style.alpha) * level;
    min_ = style.range.min;
    // In double: max - min may be subnormal or, in float, infinite.
    const double width = double{style.range.max} - min_;
    steps_per_unit_ = width > 0.0 ? kSteps / width : 0.0;
  }

  Raster::Pixel mix(float value, Raster::Pixel picture) const {
    const Rgb under = Raster::unpack(picture);
    const Shares& over = std::isnan(value) ? outside_ : over_[step_of(value)];
    const auto channel = [this](double share, std::uint8_t level) {
      return static_cast<std::uint8_t>(share + under_[level] + 0.5);
    };
    return Raster::pack({channel(over.r, under.r), channel(over.g, under.g), channel(over.b, under.b)});
  }

 private:
  struct Shares {
    double r, g, b;
  };

  static Shares shares(Rgb colour, double alpha) { return {alpha * colour.r, alpha * colour.g, alpha * colour.b}; }

  std::size_t step_of(float value) const {
    return static_cast<std::size_t>(std::clamp((value - min_) * steps_per_unit_, 0.0, 1.0 * kSteps) + 0.5);
  }

  std::vector<Shares> over_;
  Shares outside_{};
  std::array<double, 256> under_{};
  double min_ = 0.0;
  double steps_per_unit_ = 0.0;
};

}  // namespace

ValueRange value_range(const ScalarMap& map) {
  const auto [min, max] = std::minmax_element(map.values.begin(), map.values.end());
  return {*min, *max};
}

ValueRange united(const ValueRange& a, const ValueRange& b) {
  return {std::min(a.min, b.min), std::max(a.max, b.max)};
}

ValueRange colour_range(const ValueRange& values, std::optional<float> given_min, std::optional<float> given_max) {
  const ValueRange range{given_min.value_or(values.min), given_max.value_or(values.max)};
  if (!(std::isfinite(range.min) && std::isfinite(range.max) && range.min <= range.max)) {
    throw Error(OC_E_OPTION,
                fmt::format("the colours cannot run from {:g} to {:g}; give a vmin below vmax", range.min, range.max));
  }
  return range;
}

float normalise(float value, const ValueRange& range) {
  if (range.min == range.max) return std::isnan(value) ? value : 0.0F;
  // In double: max - min may be subnormal or, in float, infinite.
  const double min = range.min;
  return static_cast<float>((value - min) / (range.max - min));
}

void paint_heat(Raster& raster, const ScalarMap& map, const Extent& extent, const HeatStyle& style) {
  MapSampler sampler(map, extent, raster.width(), raster.height(), style.interpolation);
  const Mixer mixer(style);
  std::vector<float> values(static_cast<std::size_t>(raster.width()));
  raster.edit_rows([&](int row, std::span<Raster::Pixel> pixels) {
    sampler.sample_row(row, values);
    for (std::size_t x = 0; x < pixels.size(); ++x) {
      if (std::isnan(values[x]) && style.alpha < 1.0) continue;
      pixels[x] = mixer.mix(values[x], pixels[x]);
    }
  });
}

}  // namespace ocellus::drawing
