// The key of a colour map: a vertical bar with ticks in raw values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {

// Multiples of 1, 2 or 5 times a power of ten inside [min, max], at most `max_count` (>= 2) of them, as dense as that
// allows; {min} when the range has no width.
std::vector<double> nice_ticks(double min, double max, int max_count);

struct ColourBarSpec {
  const Colormap& colormap;
  ValueRange range{};
  std::string label{};          // what the values are, written along the bar; may be empty
  std::vector<double> ticks{};  // values to mark, ascending, inside the range; empty = nice_ticks
  int height = 0;               // of the coloured bar, in pixels
  double dpi = 200.0;
  std::string font{};
};

class ColourBar {
 public:
  // Tick labels of very small or large values share a power of ten, written above them. A tick whose label would touch
  // the one below it goes without.
  explicit ColourBar(const ColourBarSpec& spec);

  // Everything: bar, ticks, labels.
  int width() const { return width_; }
  // How far labels may reach beyond the ends of the bar.
  int overhang_above() const { return overhang_above_; }
  int overhang_below() const { return overhang_below_; }

  // The bar, framed, has its left edge at x; its colours begin at y. Returns where the colours are.
  PixelRect draw(Canvas& canvas, int x, int y) const;

 private:
  struct Tick {
    double value;
    std::optional<TextBlock> label;
  };

  // Of a value's centre, from the top of the bar.
  int offset(double value) const;

  const Colormap& colormap_;
  ValueRange range_;
  int height_;
  int bar_width_;
  int tick_length_;
  int line_;
  std::vector<Tick> ticks_;
  std::vector<TextBlock> power_;  // none or one
  std::vector<TextBlock> label_;  // none or one
  int ticks_width_ = 0;
  int width_ = 0;
  int overhang_above_ = 0;
  int overhang_below_ = 0;
};

}  // namespace ocellus::drawing
