// The framed kinds of figure: title, pictures in rows and columns, bars beside them, what the colours mean, legend.
#pragma once

#include <string>
#include <vector>

#include "plugins/renderers/common/figure.hpp"

namespace ocellus::drawing {

enum class PaneBar { none, values, levels };  // with round numbers for ticks, or with one for each iso-line
enum class PaneShape { picture, grid };       // that of the picture, or of the map's cells as squares

// One of the ways in which a figure shows each of its views.
struct Pane {
  void (*draw)(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style);
  std::string caption;                     // above it, where a figure shows one view; may be empty
  std::vector<PixelRect> Figure::*places;  // that tells where it is
  PaneBar bar = PaneBar::none;             // of the panes of a figure, one has it
  PaneShape shape = PaneShape::picture;
};

// The panes of one view stand side by side, those of several views above each other, a column a view. Throws what the
// figures throw.
Figure draw_framed(const FigureSpec& spec, const std::vector<Pane>& panes);

}  // namespace ocellus::drawing
