// The three pictures of one map on one picture: side by side, laid over, alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/map_sampler.hpp"

namespace ocellus::drawing {

// A rectangle worth pointing at, outlined wherever the map is drawn: a known box, the hottest cell.
struct Mark {
  Extent box;  // in the source picture
  Rgb colour;
  std::string label;  // named once in the legend; empty = not there
};

// Everything borrowed must outlive the call that draws.
struct FigureSpec {
  ImageView source{};
  ScalarMap map{};  // not read when `degenerate` is set
  Extent extent{};  // of the map in the source picture
  const Colormap* colormap = &Colormap::by_name("hot");
  Interpolation interpolation = Interpolation::bilinear;
  double alpha = 0.6;           // of the map over the picture, [0, 1]
  std::optional<float> vmin{};  // raw value of the first colour; the map's minimum unless given
  std::optional<float> vmax{};  // raw value of the last colour; the map's maximum unless given
  double dpi = 200.0;
  double picture_inches = 4.5;          // the longer side of a picture inside a panel or heatmap
  std::vector<std::string> title{};     // paragraphs, the first in bold: the prompt, the answer
  std::vector<std::string> subtitle{};  // smaller: what was computed and how
  std::string map_caption = "Overlay";
  std::string value_label{};  // along the colour bar, such as "attention"
  std::string degenerate{};  // why the map means nothing; it is then drawn hatched, with this sentence, without colours
  std::vector<Mark> marks{};
};

// A drawing, and where on it things are, in pixels. What is not drawn has no width.
struct Figure {
  Canvas canvas;
  PixelRect source;
  PixelRect map;
  PixelRect colour_bar;
};

// All throw OC_E_OPTION for an alpha, dpi, size or value range that cannot be, OC_E_SAMPLE for a picture too large to
// draw, and what MapSampler throws. The same specification and fonts give the same pixels.

// Title, source picture, source picture under the map, colour bar, value range.
Figure draw_panel(const FigureSpec& spec);

// Title, the map alone in the frame of the source picture, colour bar, value range.
Figure draw_heatmap(const FigureSpec& spec);

// The source picture under the map and nothing else, pixel for pixel the size of the source. The sentence of a
// degenerate map stands inside the picture.
Figure draw_overlay(const FigureSpec& spec);

}  // namespace ocellus::drawing
