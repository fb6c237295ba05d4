#include "plugins/renderers/common/flow.hpp"

#include <algorithm>
#include <cmath>

namespace ocellus::drawing {

int to_pixels(double points, double dpi) {
  return std::max(1, static_cast<int>(std::lround(points * dpi / 72.0)));
}

Flow::Flow(int x, int width, int y, double dpi, std::string font)
    : x_(x), width_(width), y_(y), dpi_(dpi), font_(std::move(font)) {}

void Flow::paragraph(const std::string& text, TextStyle style) {
  style.family = font_;
  texts_.push_back({TextBlock(text, style, width_, dpi_), x_, y_});
  y_ += texts_.back().block.height();
}

void Flow::captions(const std::vector<std::pair<std::string, PixelRect>>& columns, TextStyle style) {
  style.centred = true;
  style.family = font_;
  const std::size_t first = texts_.size();
  int height = 0;
  for (const auto& [text, column] : columns) {
    if (text.empty()) continue;
    texts_.push_back({TextBlock(text, style, column.width, dpi_), column.x, y_});
    height = std::max(height, texts_.back().block.height());
  }
  for (std::size_t i = first; i < texts_.size(); ++i) texts_[i].y += height - texts_[i].block.height();
  y_ += height;
}

void Flow::legend(Rgb colour, const std::string& label) {
  const int indent = to_pixels(18.0, dpi_);
  const TextStyle style{.points = 8.0, .max_lines = 6, .family = font_};
  texts_.push_back({TextBlock(label, style, width_ - indent, dpi_), x_ + indent, y_});
  const TextBlock& block = texts_.back().block;
  const double height = static_cast<double>(block.height()) / block.lines(), line = dpi_ / 72.0;
  swatches_.push_back({{x_ + line, y_ + 0.25 * height, x_ + 0.7 * indent, y_ + 0.75 * height}, colour});
  y_ += block.height();
}

void Flow::draw(Canvas& canvas) const {
  for (const Text& text : texts_) canvas.draw(text.block, text.x, text.y);
  const PixelRect whole{0, 0, canvas.width(), canvas.height()};
  draw_frames(canvas, swatches_, dpi_ / 72.0, whole);
}

}  // namespace ocellus::drawing
