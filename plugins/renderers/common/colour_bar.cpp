#include "plugins/renderers/common/colour_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ocellus::drawing {
namespace {

constexpr double kPoints = 8.0;
constexpr Rgb kInk{51, 51, 51};

int pixels(double points, double dpi) {
  return std::max(1, static_cast<int>(std::lround(points * dpi / 72.0)));
}

// The power of ten that makes labels short: 0 while %g itself writes no exponent.
int shared_power(const ValueRange& range) {
  const double largest = std::max(std::abs(double{range.min}), std::abs(double{range.max}));
  if (largest == 0.0) return 0;
  const int power = static_cast<int>(std::floor(std::log10(largest)));
  return power < -2 || power > 4 ? power : 0;
}

}  // namespace

std::vector<double> nice_ticks(double min, double max, int max_count) {
  if (!(min < max)) return {min};
  const auto first = [min](double step) { return std::ceil(min / step - 1e-9); };
  const auto last = [max](double step) { return std::floor(max / step + 1e-9); };
  int decade = static_cast<int>(std::floor(std::log10((max - min) / max_count)));
  for (;; ++decade) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      // A quotient of whole numbers is the nearest double to 0.2; a product with 0.1 is not.
      const double unit = std::pow(10.0, std::abs(decade));
      const double step = decade < 0 ? digit / unit : digit * unit;
      if (last(step) - first(step) + 1 > max_count) continue;
      std::vector<double> ticks;
      // + 0.0 turns a negative zero into zero.
      for (double k = first(step) + 0.0; k <= last(step); ++k) {
        ticks.push_back(decade < 0 ? k * digit / unit : k * digit * unit);
      }
      return ticks;
    }
  }
}

ColourBar::ColourBar(const ColourBarSpec& spec)
    : colormap_(spec.colormap),
      range_(spec.range),
      height_(spec.height),
      bar_width_(pixels(11, spec.dpi)),
      tick_length_(pixels(3, spec.dpi)),
      line_(pixels(0.6, spec.dpi)) {
  const TextStyle style{.points = kPoints, .colour = kInk, .max_lines = 1, .family = spec.font};
  const int power = shared_power(range_);
  const double unit = std::pow(10.0, power);
  const int max_count = std::clamp(height_ / pixels(3 * kPoints, spec.dpi), 2, 7);
  const bool given = !spec.ticks.empty();
  int room = height_ * 2;  // above this offset a label is free
  for (const double value : given ? spec.ticks : nice_ticks(range_.min, range_.max, max_count)) {
    // Nice ticks are short by themselves.
    const std::string text = given ? fmt::format("{:.3g}", value / unit) : fmt::format("{:g}", value / unit);
    Tick& tick = ticks_.emplace_back(Tick{value, TextBlock(text, style, -1, spec.dpi)});
    ticks_width_ = std::max(ticks_width_, tick.label->width());
    overhang_below_ = std::max(overhang_below_, tick.label->height() / 2 + 1);
    const int bottom = offset(value) + (tick.label->height() + 1) / 2;
    if (bottom > room) {
      tick.label.reset();
    } else {
      room = bottom - tick.label->height();
    }
  }
  overhang_above_ = overhang_below_;
  width_ = bar_width_ + 2 * tick_length_ + ticks_width_;
  if (power != 0) {
    power_.emplace_back(fmt::format("×1e{}", power), style, -1, spec.dpi);
    overhang_above_ += power_.front().height();
    width_ = std::max(width_, power_.front().width());
  }
  if (!spec.label.empty()) {
    TextStyle centred = style;
    centred.centred = true;
    label_.emplace_back(spec.label, centred, height_, spec.dpi);
    width_ += tick_length_ + label_.front().height();
  }
}

int ColourBar::offset(double value) const {
  const float level = std::clamp(normalise(static_cast<float>(value), range_), 0.0F, 1.0F);
  return static_cast<int>(std::lround((1.0 - level) * (height_ - 1)));
}

PixelRect ColourBar::draw(Canvas& canvas, int x, int y) const {
  const PixelRect bar{x + line_, y, bar_width_ - 2 * line_, height_};
  // A frame around it: the last colour of some maps is white, as the paper is.
  canvas.fill({x, y - line_, bar_width_, height_ + 2 * line_}, kInk);
  Raster colours(bar.width, bar.height);
  colours.edit_rows([this](int row, std::span<Raster::Pixel> line) {
    const double level = height_ > 1 ? 1.0 - static_cast<double>(row) / (height_ - 1) : 0.0;
    std::fill(line.begin(), line.end(), Raster::pack(colormap_(static_cast<float>(level))));
  });
  canvas.draw(colours, bar.x, bar.y);
  for (const Tick& tick : ticks_) {
    const int centre = y + offset(tick.value);
    const int top = std::clamp(centre - line_ / 2, y, y + height_ - line_);
    canvas.fill({x + bar_width_, top, tick_length_, line_}, kInk);
    if (tick.label) canvas.draw(*tick.label, x + bar_width_ + 2 * tick_length_, centre - tick.label->height() / 2);
  }
  for (const TextBlock& power : power_) canvas.draw(power, x, y - overhang_above_);
  for (const TextBlock& label : label_) {
    canvas.draw_upwards(label, x + width_ - label.height(), y);
  }
  return bar;
}

}  // namespace ocellus::drawing
