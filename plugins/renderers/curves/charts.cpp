#include "plugins/renderers/curves/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ocellus::curves {
namespace {

drawing::Rgb colour_of_map(size_t number) {
  static constexpr std::array<drawing::Rgb, 8> colours{{{31, 119, 180},
                                                        {214, 39, 40},
                                                        {148, 103, 189},
                                                        {255, 127, 14},
                                                        {23, 190, 207},
                                                        {227, 119, 194},
                                                        {140, 86, 75},
                                                        {188, 189, 34}}};
  return colours[number % colours.size()];
}

// Greys that no map has, and green for what a perfect pointer would reach.
drawing::Rgb colour_of_control(const std::string& source) {
  if (source == "oracle") return {44, 160, 44};
  return source == "centre" ? drawing::Rgb{95, 95, 95} : drawing::Rgb{170, 170, 170};
}

// The maps with the largest gaps, in the order stored, then the controls.
std::vector<const StoredCurve*> chosen(const std::vector<StoredCurve>& curves, size_t most_maps) {
  std::vector<const StoredCurve*> maps, all;
  for (const StoredCurve& curve : curves) {
    if (curve.is_map()) maps.push_back(&curve);
  }
  std::stable_sort(maps.begin(), maps.end(),
                   [](const StoredCurve* a, const StoredCurve* b) { return a->gap > b->gap; });
  maps.resize(std::min(maps.size(), most_maps));
  for (const StoredCurve& curve : curves) {
    if (!curve.is_map() || std::find(maps.begin(), maps.end(), &curve) != maps.end()) all.push_back(&curve);
  }
  return all;
}

std::string name_of(const StoredCurve& curve) {
  const std::string layer = curve.layer >= 0 ? fmt::format(" layer {}", curve.layer) : "";
  return fmt::format("{}{}, gap {:.2f}", curve.label, layer, curve.gap);
}

drawing::Curve drawn(const StoredCurve& curve, const StoredCurve::Line& line, drawing::Rgb colour) {
  drawing::Curve made{{}, colour, {}, {}};
  for (size_t i = 0; i < curve.x.size(); ++i) {
    made.points.push_back({curve.x[i], line.values[i]});
    if (line.errors.empty()) continue;
    made.low.push_back(line.values[i] - line.errors[i]);
    made.high.push_back(line.values[i] + line.errors[i]);
  }
  return made;
}

// Probabilities have one axis for all figures; logits one of their own.
drawing::Axis axis_of(const std::vector<const StoredCurve*>& curves, const std::string& value) {
  double low = 0, high = 1;
  for (const StoredCurve* curve : curves) {
    for (const StoredCurve::Line* line : {&curve->deletion, &curve->insertion}) {
      low = std::min(low, *std::min_element(line->values.begin(), line->values.end()));
      high = std::max(high, *std::max_element(line->values.begin(), line->values.end()));
    }
  }
  return {low < 0 ? -drawing::nice_maximum(-low) : 0, drawing::nice_maximum(high), value};
}

drawing::ChartPanel panel_of(const char* title, const char* shares, const drawing::Axis& values) {
  drawing::ChartPanel panel;
  panel.title = title;
  panel.x.label = shares;
  panel.y = values;
  return panel;
}

}  // namespace

drawing::ChartSpec chart_of(const std::vector<StoredCurve>& curves, const std::string& value, size_t most_maps) {
  const std::vector<const StoredCurve*> shown = chosen(curves, most_maps);
  drawing::ChartSpec spec;
  const drawing::Axis values = axis_of(shown, value);
  drawing::ChartPanel deletion = panel_of("deletion: hottest cells masked first", "share of cells masked", values);
  drawing::ChartPanel insertion =
      panel_of("insertion: hottest cells revealed first", "share of cells revealed", values);
  std::vector<drawing::Rgb> colours;
  size_t n_maps = 0;
  for (const StoredCurve* curve : shown) {
    colours.push_back(curve->is_map() ? colour_of_map(n_maps++) : colour_of_control(curve->source));
    spec.legend.push_back({name_of(*curve), colours.back()});
  }
  // From the last to the first, so that maps lie over controls.
  for (size_t i = shown.size(); i-- > 0;) {
    deletion.curves.push_back(drawn(*shown[i], shown[i]->deletion, colours[i]));
    insertion.curves.push_back(drawn(*shown[i], shown[i]->insertion, colours[i]));
  }
  spec.panels = {std::move(deletion), std::move(insertion)};
  const auto all = static_cast<size_t>(
      std::count_if(curves.begin(), curves.end(), [](const StoredCurve& curve) { return curve.is_map(); }));
  if (n_maps < all) spec.subtitle = fmt::format("{} of {} maps, those with the largest gaps", n_maps, all);
  return spec;
}

}  // namespace ocellus::curves
