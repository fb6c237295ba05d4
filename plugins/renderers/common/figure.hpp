// Pictures of maps for reading and for print: with title, colour bar and value range, or bare.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/map_view.hpp"

namespace ocellus::drawing {

// Everything borrowed must outlive the call that draws.
struct FigureSpec {
  std::vector<MapView> views{};  // one, or several side by side
  const Colormap* colormap = &Colormap::by_name("hot");
  Interpolation interpolation = Interpolation::bilinear;
  bool cell_borders = false;           // over the picture, between the cells of the map
  double alpha = 0.6;                  // of the map over the picture, [0, 1]
  std::optional<float> vmin{};         // raw value of the first colour; the smallest of the scale unless given
  std::optional<float> vmax{};         // raw value of the last colour; the largest of the scale unless given
  std::optional<ValueRange> shared{};  // the scale of all views; each map's own minimum and maximum unless given
  int n_levels = 5;                    // iso-lines, in equal steps strictly between the first and the last colour
  std::vector<double> levels{};        // raw values of iso-lines instead
  double dpi = 200.0;
  double picture_inches = 4.5;          // the longer side of a framed picture
  std::vector<std::string> title{};     // paragraphs, the first in bold: the prompt, the answer
  std::vector<std::string> subtitle{};  // smaller: what was computed and how
  std::string map_caption = "Overlay";
  std::string value_label{};  // along the colour bar, such as "attention"
  std::string font{};         // a family to try first
  Medium medium = Medium::pixels;
};

// A drawing, and where on it things are, in pixels, from the left. A style without pictures or bars has none of them.
struct Figure {
  Canvas canvas;
  std::vector<PixelRect> sources{};
  std::vector<PixelRect> maps{};   // in the frames of their pictures
  std::vector<PixelRect> grids{};  // on grids of their own
  std::vector<PixelRect> colour_bars{};
};

// All throw OC_E_OPTION for an alpha, dpi, size, level or value range that cannot be, OC_E_SAMPLE for a picture too
// large to draw, and what MapSampler throws. The same specification and fonts give the same drawing.

// Title, source picture, source picture under the map, colour bar, value range. Of several views, the sources stand
// above their maps.
Figure draw_panel(const FigureSpec& spec);

// Title, source picture, the map alone on its own grid of square cells with its colour bar, source picture under the
// map; value range. Of several views, these stand above each other.
Figure draw_triptych(const FigureSpec& spec);

// Title, the maps alone in the frames of their pictures, colour bar, value range.
Figure draw_heatmap(const FigureSpec& spec);

// Title, the pictures with lines of equal value, colour bar with a tick for each line, value range.
Figure draw_contour(const FigureSpec& spec);

// The one source picture alone, pixel for pixel.
Figure draw_source(const FigureSpec& spec);

// The one source picture under its map and nothing else, pixel for pixel the size of the source. The sentence of a
// degenerate map stands inside the picture.
Figure draw_overlay(const FigureSpec& spec);

}  // namespace ocellus::drawing
