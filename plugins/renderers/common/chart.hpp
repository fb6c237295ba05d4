// Charts: bars, lines, bands and layer-by-head maps in axes, several beside each other under one title.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/heat_layer.hpp"

namespace ocellus::drawing {

// From (x0, y0) to (x1, y1), in values of the axes.
struct Bar {
  double x0, x1, y0, y1;
  Rgb colour;
};

struct Curve {
  std::vector<Point> points;  // in values of the axes, from left to right
  Rgb colour;
  std::vector<double> low{}, high{};  // a paler band around the points; none or one value a point
};

// Cells of equal size, rows from the top: numbers of rows and columns are the axes.
struct HeatTable {
  int rows = 0, cols = 0;
  std::vector<float> values;  // [rows, cols]
  ValueRange range{};
  const Colormap* colormap = &Colormap::by_name("viridis");
  std::string value_label;
};

struct Axis {
  double min = 0.0, max = 1.0;
  std::string label{};
  bool whole_numbers = false;  // ticks at whole numbers only
};

struct ChartPanel {
  std::string title{};
  Axis x{}, y{};
  std::vector<Bar> bars{};
  std::vector<Curve> curves{};
  std::optional<HeatTable> heat{};  // instead of bars and curves; the axes' ranges are its own
};

struct LegendEntry {
  std::string name;
  Rgb colour;
};

struct ChartSpec {
  std::string title{}, subtitle{};
  std::vector<LegendEntry> legend{};
  std::vector<ChartPanel> panels{};  // at least one, side by side
  double width_inches = 7.0, height_inches = 4.5;
  double dpi = 300.0;
  std::string font{};  // a family to try first
  Medium medium = Medium::pixels;
};

// Throws OC_E_OPTION for a size that leaves no room for the axes or that no picture has.
Canvas draw_chart(const ChartSpec& spec);

// The least round number (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten) that is not below `value` (> 0): where an
// axis may end.
double nice_maximum(double value);

// Labels for ticks, all with the decimals that their distances need.
std::vector<std::string> tick_labels(const std::vector<double>& ticks);

}  // namespace ocellus::drawing
