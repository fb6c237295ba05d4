// Many maps in one figure. Maps come one at a time: a figure of many samples holds none but the one it draws.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/map_view.hpp"
#include "plugins/renderers/grid/arrangement.hpp"

namespace ocellus::grid {

// What the layout needs to know of a map.
struct GridMap {
  int width = 0, height = 0;       // of its picture
  std::string title;               // above its cell; above its picture where that is all that is shown of it
  std::vector<std::string> notes;  // below the title, smaller, a line each; empty ones keep their place
  drawing::ValueRange range;       // raw values of the first and the last colour
  bool has_colours = true;         // not where it is hatched
  bool framed = false;
};

enum class Bars { none, each, one };

struct GridSpec {
  std::string heading;             // large, in bold; may be empty
  std::vector<std::string> title;  // paragraphs: the prompt, the answer
  std::string subtitle;            // smaller: what was computed and how
  std::vector<GridMap> maps;       // at least one
  std::vector<std::vector<Cell>> rows;
  bool cell_titles = true;
  Bars bars = Bars::each;             // `one` is of the range of the first map that has colours
  std::string value_label;            // along the one bar
  std::vector<std::string> remarks;   // small, below
  std::vector<std::string> warnings;  // below: why maps mean nothing
  const drawing::Colormap* colormap = &drawing::Colormap::by_name("hot");
  drawing::Interpolation interpolation = drawing::Interpolation::bilinear;
  double alpha = 0.6;
  bool cell_borders = false;  // over the pictures, between the cells of the maps
  double cell_inches = 3.0;   // the longer side of a picture
  double dpi = 150.0;
  std::string font;
  drawing::Medium medium = drawing::Medium::pixels;
};

// Calls `draw` with one map of the figure; what the view borrows lives until it returns.
using VisitMap = std::function<void(std::size_t map, const std::function<void(const drawing::MapView&)>& draw)>;

struct GridFigure {
  drawing::Canvas canvas;
  std::vector<std::vector<drawing::PixelRect>> cells;  // as the rows; without area where nothing is shown
  std::vector<drawing::PixelRect> colour_bars;
};

// Each map is visited once. Throws OC_E_OPTION for a figure larger than a picture can be, and what drawing maps throws.
GridFigure draw_grid(const GridSpec& spec, const VisitMap& visit);

}  // namespace ocellus::grid
