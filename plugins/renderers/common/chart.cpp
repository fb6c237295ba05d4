#include "plugins/renderers/common/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/colour_bar.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

constexpr Rgb kInk{51, 51, 51}, kQuiet{110, 110, 110}, kGrid{228, 228, 228};

class ChartPainter {
 public:
  explicit ChartPainter(const ChartSpec& spec)
      : spec_(spec),
        canvas_(pixels(spec.width_inches), pixels(spec.height_inches), kWhite, spec.medium),
        margin_(points(9)),
        line_(std::max(1.0, spec.dpi / 120.0)) {}

  Canvas draw() {
    const int bottom = canvas_.height() - margin_;
    int top = margin_;
    top = heading(top);
    top = legend(top);
    const int gap = points(16), n = static_cast<int>(spec_.panels.size());
    const int width = (canvas_.width() - 2 * margin_ - gap * (n - 1)) / n;
    int panel_top = top;
    for (const ChartPanel& panel : spec_.panels) panel_top = std::max(panel_top, top + title_height(panel, width));
    for (int i = 0; i < n; ++i) {
      const int left = margin_ + i * (width + gap);
      const ChartPanel& of = spec_.panels[static_cast<size_t>(i)];
      if (!of.title.empty()) canvas_.draw(block(of.title, 9, true, kInk, width, true), left, top);
      panel(of, {left, panel_top, width, bottom - panel_top});
    }
    return std::move(canvas_);
  }

 private:
  int pixels(double inches) const { return static_cast<int>(std::lround(inches * spec_.dpi)); }
  int points(double count) const { return static_cast<int>(std::lround(count * spec_.dpi / 72.0)); }

  TextBlock block(const std::string& text, double size, bool bold, Rgb colour, int width, bool centred = false,
                  int max_lines = 2) const {
    return TextBlock(text, {size, bold, colour, max_lines, centred, spec_.font}, width, spec_.dpi);
  }
  TextBlock label(const std::string& text, double size, Rgb colour = kInk) const {
    return block(text, size, false, colour, -1);
  }

  int heading(int top) {
    const int width = canvas_.width() - 2 * margin_;
    if (!spec_.title.empty()) {
      const TextBlock title = block(spec_.title, 12, true, kInk, width);
      canvas_.draw(title, margin_, top);
      top += title.height() + points(1.5);
    }
    if (!spec_.subtitle.empty()) {
      const TextBlock subtitle = block(spec_.subtitle, 8.5, false, kQuiet, width);
      canvas_.draw(subtitle, margin_, top);
      top += subtitle.height();
    }
    return top + points(5);
  }

  // Squares of colour with their names, in as many lines as they need.
  int legend(int top) {
    if (spec_.legend.empty()) return top;
    const int square = points(7), between = points(4), apart = points(14);
    int x = margin_, height = 0;
    for (const LegendEntry& entry : spec_.legend) {
      const TextBlock name = label(entry.name, 8.5);
      if (x > margin_ && x + square + between + name.width() > canvas_.width() - margin_) {
        x = margin_;
        top += height + points(2);
      }
      height = std::max(height, name.height());
      canvas_.fill({x, top + (name.height() - square) / 2, square, square}, entry.colour);
      canvas_.draw(name, x + square + between, top);
      x += square + between + name.width() + apart;
    }
    return top + height + points(7);
  }

  int title_height(const ChartPanel& panel, int width) const {
    return panel.title.empty() ? 0 : block(panel.title, 9, true, kInk, width, true).height() + points(4);
  }

  static std::vector<double> ticks_of(const Axis& axis, int at_most) {
    std::vector<double> ticks = nice_ticks(axis.min, axis.max, std::max(2, at_most));
    if (axis.whole_numbers) std::erase_if(ticks, [](double tick) { return tick != std::floor(tick); });
    return ticks;
  }

  void panel(const ChartPanel& of, PixelRect room) {
    Axis x = of.x, y = of.y;
    std::optional<ColourBar> bar;
    const TextBlock x_label = label(x.label, 9), y_label = label(y.label, 9);
    const int tick = points(3), space = points(3), digit = label("0", 8).height();
    const int below = tick + digit + space + (x.label.empty() ? 0 : x_label.height());
    PixelRect area{room.x, room.y + digit / 2, room.width, room.height - below - digit / 2};
    expect_room(area);
    if (of.heat) {
      x = {-0.5, of.heat->cols - 0.5, x.label, true};
      y = {of.heat->rows - 0.5, -0.5, y.label, true};
      bar.emplace(ColourBarSpec{
          *of.heat->colormap, of.heat->range, of.heat->value_label, {}, area.height, spec_.dpi, spec_.font});
      area.width -= bar->width() + points(8);
    }
    const std::vector<double> y_ticks =
        ticks_of({std::min(y.min, y.max), std::max(y.min, y.max), "", y.whole_numbers}, area.height / (2 * digit));
    std::vector<TextBlock> y_texts;
    int widest = 0;
    for (const std::string& text : tick_labels(y_ticks))
      widest = std::max(widest, y_texts.emplace_back(label(text, 8)).width());
    const int beside = (y.label.empty() ? 0 : y_label.height() + space) + widest + tick + space;
    area.x += beside;
    area.width -= beside;
    expect_room(area);
    const auto at_x = [&](double value) { return area.x + (value - x.min) / (x.max - x.min) * area.width; };
    const auto at_y = [&](double value) {
      return area.y + area.height - (value - y.min) / (y.max - y.min) * area.height;
    };

    if (!of.heat) {
      for (const double value : y_ticks) rule(area.x, at_y(value), area.x + area.width, at_y(value), kGrid);
    }
    if (of.heat) cells(*of.heat, area);
    for (const Bar& each : of.bars) fill_bar(each, at_x, at_y);
    // Bands first: none may hide a curve.
    for (const Curve& curve : of.curves) draw_band(curve, at_x, at_y, area);
    for (const Curve& curve : of.curves) draw_curve(curve, at_x, at_y, area);

    rule(area.x, area.y, area.x, area.y + area.height, kInk);
    rule(area.x, area.y + area.height, area.x + area.width, area.y + area.height, kInk);
    for (size_t i = 0; i < y_ticks.size(); ++i) {
      const double at = at_y(y_ticks[i]);
      rule(area.x - tick, at, area.x, at, kInk);
      canvas_.draw(y_texts[i], area.x - tick - space - y_texts[i].width(),
                   static_cast<int>(std::lround(at)) - y_texts[i].height() / 2);
    }
    const std::vector<double> x_ticks = ticks_of(x, area.width / (5 * digit / 2));
    const std::vector<std::string> x_texts = tick_labels(x_ticks);
    for (size_t i = 0; i < x_ticks.size(); ++i) {
      const double at = at_x(x_ticks[i]);
      const TextBlock text = label(x_texts[i], 8);
      rule(at, area.y + area.height, at, area.y + area.height + tick, kInk);
      canvas_.draw(text,
                   std::clamp(static_cast<int>(std::lround(at)) - text.width() / 2, 0,
                              std::max(0, canvas_.width() - text.width())),
                   area.y + area.height + tick);
    }
    if (!x.label.empty())
      canvas_.draw(x_label, area.x + (area.width - x_label.width()) / 2,
                   area.y + area.height + tick + digit + space / 2);
    if (!y.label.empty()) canvas_.draw_upwards(y_label, room.x, area.y + (area.height - y_label.width()) / 2);
    if (bar) bar->draw(canvas_, area.x + area.width + points(8), area.y);
  }

  void expect_room(const PixelRect& area) const {
    if (area.width < points(24) || area.height < points(24))
      throw Error(OC_E_OPTION, fmt::format("a figure of {} x {} inches has no room for its axes: make it larger",
                                           spec_.width_inches, spec_.height_inches));
  }

  PixelRect whole() const { return {0, 0, canvas_.width(), canvas_.height()}; }

  void rule(double x0, double y0, double x1, double y1, Rgb colour) {
    // At the middle of pixels, so that thin lines stay thin.
    const auto snap = [](double at) { return std::floor(at) + 0.5; };
    const Polyline line{{{snap(x0), snap(y0)}, {snap(x1), snap(y1)}}, false};
    canvas_.stroke(std::span(&line, 1), colour, line_, whole());
  }

  template <class AtX, class AtY>
  void fill_bar(const Bar& bar, const AtX& at_x, const AtY& at_y) {
    const auto whole_pixel = [](double at) { return static_cast<int>(std::lround(at)); };
    const int left = whole_pixel(at_x(bar.x0)), right = whole_pixel(at_x(bar.x1)), top = whole_pixel(at_y(bar.y1)),
              bottom = whole_pixel(at_y(bar.y0));
    // A sliver of white between neighbours.
    const int sliver = right - left > points(4) ? std::max(1, points(0.6)) : 0;
    if (right - left > sliver && bottom > top)
      canvas_.fill({left, top, right - left - sliver, bottom - top}, bar.colour);
  }

  // What spreads around a curve; none without bounds.
  template <class AtX, class AtY>
  void draw_band(const Curve& curve, const AtX& at_x, const AtY& at_y, const PixelRect& area) {
    if (curve.low.empty()) return;
    Polyline outline;
    for (size_t i = 0; i < curve.points.size(); ++i)
      outline.points.push_back({at_x(curve.points[i].x), at_y(curve.high[i])});
    for (size_t i = curve.points.size(); i-- > 0;)
      outline.points.push_back({at_x(curve.points[i].x), at_y(curve.low[i])});
    canvas_.fill(outline, curve.colour, 0.3, area);
  }

  template <class AtX, class AtY>
  void draw_curve(const Curve& curve, const AtX& at_x, const AtY& at_y, const PixelRect& area) {
    Polyline line;
    for (const Point& point : curve.points) line.points.push_back({at_x(point.x), at_y(point.y)});
    const int reach = points(2);
    canvas_.stroke(std::span(&line, 1), curve.colour, spec_.dpi * 1.4 / 72.0,
                   {area.x - reach, area.y - reach, area.width + 2 * reach, area.height + 2 * reach});
  }

  void cells(const HeatTable& heat, const PixelRect& area) {
    const auto edge = [](int from, int length, int index, int count) {
      return from + static_cast<int>(std::lround(static_cast<double>(length) * index / count));
    };
    const double width = static_cast<double>(heat.range.max) - static_cast<double>(heat.range.min);
    for (int row = 0; row < heat.rows; ++row) {
      for (int col = 0; col < heat.cols; ++col) {
        const double value = static_cast<double>(heat.values[static_cast<size_t>(row * heat.cols + col)]);
        const double share = width > 0 ? (value - static_cast<double>(heat.range.min)) / width : 0.0;
        const int left = edge(area.x, area.width, col, heat.cols), top = edge(area.y, area.height, row, heat.rows);
        canvas_.fill({left, top, edge(area.x, area.width, col + 1, heat.cols) - left,
                      edge(area.y, area.height, row + 1, heat.rows) - top},
                     (*heat.colormap)(static_cast<float>(share)));
      }
    }
  }

  const ChartSpec& spec_;
  Canvas canvas_;
  int margin_;
  double line_;
};

}  // namespace

double nice_maximum(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  for (const double step : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0}) {
    if (step * power >= value * (1.0 - 1e-12)) return step * power;
  }
  return 10.0 * power;
}

std::vector<std::string> tick_labels(const std::vector<double>& ticks) {
  int decimals = 0;
  const auto fits = [&](double tick) {
    const double scaled = tick * std::pow(10.0, decimals);
    return std::abs(scaled - std::round(scaled)) < 1e-6;
  };
  while (decimals < 9 && !std::all_of(ticks.begin(), ticks.end(), fits)) ++decimals;
  std::vector<std::string> labels;
  for (const double tick : ticks) labels.push_back(fmt::format("{:.{}f}", tick == 0 ? 0.0 : tick, decimals));
  return labels;
}

Canvas draw_chart(const ChartSpec& spec) {
  if (spec.panels.empty()) throw Error(OC_E_INTERNAL, "a chart without a panel");
  return ChartPainter(spec).draw();
}

}  // namespace ocellus::drawing
