#include "plugins/renderers/common/figure_scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

namespace ocellus::drawing {
namespace {

ValueRange range_of(const FigureSpec& spec, const MapView& view) {
  if (!view.degenerate.empty()) return {};
  return colour_range(spec.shared.value_or(value_range(view.map)), spec.vmin, spec.vmax);
}

std::vector<double> levels_of(const FigureSpec& spec, const ValueRange& range) {
  std::vector<double> levels;
  const double min = range.min, max = range.max;
  if (spec.levels.empty()) {
    for (int k = 1; k <= spec.n_levels && min < max; ++k) levels.push_back(min + (max - min) * k / (spec.n_levels + 1));
  } else {
    std::copy_if(spec.levels.begin(), spec.levels.end(), std::back_inserter(levels),
                 [&](double level) { return level >= min && level <= max; });
    std::sort(levels.begin(), levels.end());
  }
  return levels;
}

}  // namespace

void check(const FigureSpec& spec) {
  if (!(spec.alpha >= 0.0 && spec.alpha <= 1.0)) {
    throw Error(OC_E_OPTION, fmt::format("alpha={} is not possible; choose a number from 0 to 1", spec.alpha));
  }
  // More pixels than a canvas can have would not even fit an int.
  const double longest = spec.dpi * spec.picture_inches;
  if (!(spec.dpi >= 20.0 && spec.picture_inches > 0.0 && longest >= 16.0 && longest <= Raster::kMaxSide)) {
    throw Error(OC_E_OPTION,
                fmt::format("pictures of {} inches at dpi={} are not possible; choose a dpi of at least 20 "
                            "and 16 to {} pixels a picture",
                            spec.picture_inches, spec.dpi, Raster::kMaxSide));
  }
  if (spec.views.empty()) throw Error(OC_E_INTERNAL, "a figure of no map was asked for; this is a fault of the caller");
  for (const MapView& view : spec.views) check(view);
}

bool is_one_scale(const FigureSpec& spec) {
  return spec.views.size() == 1 || spec.shared || (spec.vmin && spec.vmax);
}

ViewStyle style_of(const FigureSpec& spec, const MapView& view) {
  const ValueRange range = range_of(spec, view);
  ViewStyle style{{*spec.colormap, range, spec.interpolation, spec.alpha}};
  style.font = spec.font;
  style.cell_borders = spec.cell_borders;
  style.levels = levels_of(spec, range);
  return style;
}

std::string range_sentence(const FigureSpec& spec, const MapView& view) {
  const ValueRange values = value_range(view.map), range = range_of(spec, view);
  if (spec.vmin || spec.vmax) {
    return fmt::format("colours linear from {:.4g} to {:.4g} (given), map values from {:.4g} to {:.4g}", range.min,
                       range.max, values.min, values.max);
  }
  if (spec.shared) {
    return fmt::format(
        "colours linear from {:.4g} to {:.4g} (over all maps), map values from {:.4g} to "
        "{:.4g}",
        range.min, range.max, values.min, values.max);
  }
  if (values.min == values.max) return fmt::format("every map value is {:.4g}", values.min);
  return fmt::format("colours linear from {:.4g} (minimum of the map) to {:.4g} (maximum)", values.min, values.max);
}

}  // namespace ocellus::drawing
