// The words of a figure, placed from top to bottom before its canvas exists.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/rimmed.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {

// At least one pixel.
int to_pixels(double points, double dpi);

class Flow {
 public:
  // A column of text `width` pixels wide with its left edge at x, that begins at y. `font` may be empty.
  Flow(int x, int width, int y, double dpi, std::string font);

  // Where the next thing begins.
  int y() const { return y_; }
  void skip(double points) { y_ += to_pixels(points, dpi_); }
  void skip_pixels(int pixels) { y_ += pixels; }

  void paragraph(const std::string& text, TextStyle style);
  // Captions of columns, centred, side by side and standing on one line; of a column only x and width count. Nothing
  // where all are empty.
  void captions(const std::vector<std::pair<std::string, PixelRect>>& columns,
                TextStyle style = {.points = 10.0, .max_lines = 2});
  // A swatch and what it stands for.
  void legend(Rgb colour, const std::string& label);

  void draw(Canvas& canvas) const;

 private:
  struct Text {
    TextBlock block;
    int x;
    int y;
  };

  int x_;
  int width_;
  int y_;
  double dpi_;
  std::string font_;
  std::vector<Text> texts_;
  std::vector<Frame> swatches_;
};

}  // namespace ocellus::drawing
