// One map on one picture, drawn into a rectangle: the unit that figures are made of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/map_sampler.hpp"

namespace ocellus::drawing {

// A rectangle worth pointing at, outlined wherever the map is drawn: a known box, one of the hottest cells.
struct Mark {
  Extent box;  // in the source picture
  Rgb colour;
  std::string label{};      // named once in the legend; empty = not there
  std::string tag{};        // written at the box; empty = nothing
  std::string short_tag{};  // instead of `tag` where not all tags of the picture find room at their boxes
};

// Everything borrowed must outlive the call that draws.
struct MapView {
  ImageView source{};
  ScalarMap map{};           // not read when `degenerate` is set
  Extent extent{};           // of the map in the source picture
  std::string degenerate{};  // why the map means nothing; it is then drawn hatched, with this sentence, without colours
  std::vector<Mark> marks{};
  std::string name{};  // where several views stand side by side: "image 0"
  std::string note{};  // written behind the name above the view; may be empty
};

// How a view is laid over its picture.
struct ViewStyle {
  HeatStyle heat;
  double line_width = 1.0;  // of frames, hatching and iso-lines, in pixels
  double tag_points = 8.0;  // size of the letters of tags
  double dpi = 72.0;        // of `tag_points`
  std::string font{};
  std::vector<double> levels{};  // raw values of iso-lines
  bool cell_borders = false;     // between the cells, where the map lies over its picture
};

// Throws OC_E_INTERNAL for bytes that are no picture of the size they claim, and what `check` of the map throws.
void check(const MapView& view);

// All fill `area`.
// The picture, and nothing else.
void draw_source(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style);

// These outline the view's marks in the end; a degenerate map is hatched.
// The colours of the map over the picture.
void draw_heat(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style);
// The colours of the map alone, in the frame of the picture.
void draw_map_alone(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style);
// The colours of the map alone, each cell in one colour, on the map's own grid: it fills `area` wherever it lies in the
// picture, marks keep their place among the cells, and a thin line is drawn around `area`.
void draw_cells(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style);
// The picture with a line at each of the levels, in the level's colour.
void draw_contours(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style);

}  // namespace ocellus::drawing
