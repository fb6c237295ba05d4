// Colours a map and lays it over what a raster already shows.
#pragma once

#include <optional>

#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/common/raster.hpp"

namespace ocellus::drawing {

// The raw values that take the first and the last colour.
struct ValueRange {
  float min = 0.0F;
  float max = 0.0F;
};

// Smallest and largest value of a map that `check` accepts.
ValueRange value_range(const ScalarMap& map);

// The least range that holds both.
ValueRange united(const ValueRange& a, const ValueRange& b);

// What the colours stand for: `given` ends replace those of `values`. Throws Error(OC_E_OPTION) where it would run
// backwards or has no end.
ValueRange colour_range(const ValueRange& values, std::optional<float> given_min, std::optional<float> given_max);

// (value - min) / (max - min); 0 for every value of a range without width. NaN stays NaN.
float normalise(float value, const ValueRange& range);

struct HeatStyle {
  const Colormap& colormap;
  ValueRange range;
  Interpolation interpolation = Interpolation::bilinear;
  double alpha = 0.6;  // 1 = the map alone, 0 = what was there alone
};

// Spreads a map over the picture that fills `raster`: values are interpolated first and coloured last, then mixed as
// alpha * colour + (1 - alpha) * picture, each channel rounded once. Colours are taken at the nearest of 4097 steps
// between the ends of the range. Pixels the map does not reach keep what they showed, or take kNanColour where alpha
// is 1.
void paint_heat(Raster& raster, const ScalarMap& map, const Extent& extent, const HeatStyle& style);

}  // namespace ocellus::drawing
