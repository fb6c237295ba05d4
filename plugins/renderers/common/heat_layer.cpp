#include "plugins/renderers/common/heat_layer.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ocellus::drawing {
namespace {

constexpr int kSteps = 4096;

// A picture has far more pixels than a map has colours worth telling apart.
std::vector<Rgb> steps_of(const Colormap& colormap) {
  std::vector<Rgb> colours;
  for (int step = 0; step <= kSteps; ++step) colours.push_back(colormap(static_cast<float>(step) / kSteps));
  return colours;
}

}  // namespace

ValueRange value_range(const ScalarMap& map) {
  const auto [min, max] = std::minmax_element(map.values.begin(), map.values.end());
  return {*min, *max};
}

float normalise(float value, const ValueRange& range) {
  if (range.min == range.max) return std::isnan(value) ? value : 0.0F;
  // In double: max - min may be subnormal or, in float, infinite.
  const double min = range.min;
  return static_cast<float>((value - min) / (range.max - min));
}

void paint_heat(Raster& raster, const ScalarMap& map, const Extent& extent, const HeatStyle& style) {
  const MapSampler sampler(map, extent, raster.width(), raster.height(), style.interpolation);
  const std::vector<Rgb> colours = steps_of(style.colormap);
  std::vector<float> values(static_cast<std::size_t>(raster.width()));
  const auto mix = [alpha = style.alpha](std::uint8_t over, std::uint8_t under) {
    return static_cast<std::uint8_t>(alpha * over + (1.0 - alpha) * under + 0.5);
  };
  raster.edit_rows([&](int row, std::span<Raster::Pixel> pixels) {
    sampler.sample_row(row, values);
    for (std::size_t x = 0; x < pixels.size(); ++x) {
      const bool reached = !std::isnan(values[x]);
      if (!reached && style.alpha < 1.0) continue;
      const float level = std::clamp(normalise(values[x], style.range), 0.0F, 1.0F);
      const Rgb heat = reached ? colours[static_cast<std::size_t>(level * kSteps + 0.5F)] : kNanColour;
      const Rgb under = Raster::unpack(pixels[x]);
      pixels[x] = Raster::pack({mix(heat.r, under.r), mix(heat.g, under.g), mix(heat.b, under.b)});
    }
  });
}

}  // namespace ocellus::drawing
