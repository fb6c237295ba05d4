#include "plugins/renderers/common/heat_layer.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ocellus::drawing {

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

void paint_heat(Canvas& canvas, const PixelRect& area, const ScalarMap& map, const Extent& extent,
                const HeatStyle& style) {
  const MapSampler sampler(map, extent, area.width, area.height, style.interpolation);
  std::vector<float> values(static_cast<std::size_t>(area.width));
  const auto mix = [alpha = style.alpha](std::uint8_t over, std::uint8_t under) {
    return static_cast<std::uint8_t>(alpha * over + (1.0 - alpha) * under + 0.5);
  };
  canvas.edit_rows(area, [&](int row, std::span<Canvas::Pixel> pixels) {
    sampler.sample_row(row, values);
    for (std::size_t x = 0; x < pixels.size(); ++x) {
      if (std::isnan(values[x]) && style.alpha < 1.0) continue;
      const Rgb heat = style.colormap(normalise(values[x], style.range));
      const Rgb under = Canvas::unpack(pixels[x]);
      pixels[x] = Canvas::pack({mix(heat.r, under.r), mix(heat.g, under.g), mix(heat.b, under.b)});
    }
  });
}

}  // namespace ocellus::drawing
