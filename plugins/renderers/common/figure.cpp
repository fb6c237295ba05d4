#include "plugins/renderers/common/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/colour_bar.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

constexpr Rgb kGrey{85, 85, 85};
constexpr Rgb kWarning{160, 30, 20};

constexpr double kMarginPoints = 12.0;
constexpr double kGapPoints = 16.0;       // between the columns
constexpr double kLeadingPoints = 5.0;    // between lines of different kinds
constexpr double kMinTextPoints = 324.0;  // width that text gets, however narrow the pictures are
constexpr double kMinColumnPoints = 100.0;
constexpr double kMinBarPoints = 80.0;

int to_pixels(double points, double dpi) {
  return std::max(1, static_cast<int>(std::lround(points * dpi / 72.0)));
}

void check(const FigureSpec& spec) {
  if (!(spec.alpha >= 0.0 && spec.alpha <= 1.0)) {
    throw Error(OC_E_OPTION, fmt::format("alpha={} is not possible; choose a number from 0 to 1", spec.alpha));
  }
  // More pixels than a canvas can have would not even fit an int.
  const double longest = spec.dpi * spec.picture_inches;
  if (!(spec.dpi >= 20.0 && spec.picture_inches > 0.0 && longest >= 16.0 && longest <= Canvas::kMaxSide)) {
    throw Error(OC_E_OPTION,
                fmt::format("pictures of {} inches at dpi={} are not possible; choose a dpi of at least 20 "
                            "and 16 to {} pixels a picture",
                            spec.picture_inches, spec.dpi, Canvas::kMaxSide));
  }
  const ImageView& source = spec.source;
  if (source.width < 1 || source.height < 1 ||
      source.rgb.size() != static_cast<std::size_t>(source.width) * static_cast<std::size_t>(source.height) * 3) {
    throw Error(OC_E_INTERNAL,
                fmt::format("{} bytes are no RGB picture of {} x {} pixels; this is a fault of the caller",
                            source.rgb.size(), source.width, source.height));
  }
  if (spec.degenerate.empty()) check(spec.map);
}

ValueRange colour_range(const FigureSpec& spec) {
  if (!spec.degenerate.empty()) return {};
  const ValueRange values = value_range(spec.map);
  const ValueRange range{spec.vmin.value_or(values.min), spec.vmax.value_or(values.max)};
  if (!(std::isfinite(range.min) && std::isfinite(range.max) && range.min <= range.max)) {
    throw Error(OC_E_OPTION,
                fmt::format("the colours cannot run from {:g} to {:g}; give a vmin below vmax", range.min, range.max));
  }
  return range;
}

std::string range_sentence(const FigureSpec& spec, const ValueRange& range) {
  const ValueRange values = value_range(spec.map);
  if (spec.vmin || spec.vmax) {
    return fmt::format("colours linear from {:.4g} to {:.4g} (given), map values from {:.4g} to {:.4g}", range.min,
                       range.max, values.min, values.max);
  }
  if (values.min == values.max) return fmt::format("every map value is {:.4g}", values.min);
  return fmt::format("colours linear from {:.4g} (minimum of the map) to {:.4g} (maximum)", values.min, values.max);
}

void draw_hatching(Canvas& canvas, const PixelRect& area, double line_width) {
  canvas.edit_rows(area, [](int, std::span<Canvas::Pixel> pixels) {
    for (Canvas::Pixel& pixel : pixels) {
      const Rgb c = Canvas::unpack(pixel);
      const auto veil = [](std::uint8_t level) { return static_cast<std::uint8_t>((level + 255) / 2); };
      pixel = Canvas::pack({veil(c.r), veil(c.g), veil(c.b)});
    }
  });
  canvas.hatch(area, kGrey, line_width, 10 * line_width);
  canvas.outline(area.x, area.y, area.x + area.width, area.y + area.height, kGrey, 2 * line_width, area);
}

// A line that its dark rim keeps visible on any picture; `box` in pixels.
void draw_frame(Canvas& canvas, const Extent& box, Rgb colour, double line_width, const PixelRect& clip) {
  canvas.outline(box.x0, box.y0, box.x1, box.y1, kBlack, 2 * line_width, clip);
  canvas.outline(box.x0, box.y0, box.x1, box.y1, colour, line_width, clip);
}

// The map, or its hatching, over the picture in `area`; then the marks.
void draw_map(Canvas& canvas, const PixelRect& area, const FigureSpec& spec, const HeatStyle& style,
              double line_width) {
  if (spec.degenerate.empty()) {
    paint_heat(canvas, area, spec.map, spec.extent, style);
  } else {
    draw_hatching(canvas, area, line_width);
  }
  for (const Mark& mark : spec.marks) {
    const Extent box{area.x + mark.box.x0 * area.width, area.y + mark.box.y0 * area.height,
                     area.x + mark.box.x1 * area.width, area.y + mark.box.y1 * area.height};
    draw_frame(canvas, box, mark.colour, line_width, area);
  }
}

// Text and swatches of a figure, placed from top to bottom before the canvas exists.
class Flow {
 public:
  Flow(int x, int width, int y, double dpi) : x_(x), width_(width), y_(y), dpi_(dpi) {}

  int y() const { return y_; }
  void skip(double points) { y_ += to_pixels(points, dpi_); }
  void skip_pixels(int pixels) { y_ += pixels; }

  void paragraph(const std::string& text, const TextStyle& style) {
    texts_.push_back({TextBlock(text, style, width_, dpi_), x_, y_});
    y_ += texts_.back().block.height();
  }

  // Captions of columns, side by side, standing on one line.
  void captions(const std::vector<std::pair<std::string, PixelRect>>& columns) {
    const std::size_t first = texts_.size();
    int height = 0;
    for (const auto& [text, column] : columns) {
      const TextStyle style{.points = 10.0, .max_lines = 2, .centred = true};
      texts_.push_back({TextBlock(text, style, column.width, dpi_), column.x, y_});
      height = std::max(height, texts_.back().block.height());
    }
    for (std::size_t i = first; i < texts_.size(); ++i) texts_[i].y += height - texts_[i].block.height();
    y_ += height;
  }

  void legend(const std::vector<Mark>& marks) {
    for (const Mark& mark : marks) {
      if (mark.label.empty()) continue;
      skip(kLeadingPoints / 2);
      const int indent = to_pixels(18.0, dpi_);
      texts_.push_back(
          {TextBlock(mark.label, {.points = 8.0, .max_lines = 1}, width_ - indent, dpi_), x_ + indent, y_});
      const double height = texts_.back().block.height();
      const double line = dpi_ / 72.0;
      swatches_.push_back({{x_ + line, y_ + 0.25 * height, x_ + 0.7 * indent, y_ + 0.75 * height}, mark.colour});
      y_ += texts_.back().block.height();
    }
  }

  void draw(Canvas& canvas) const {
    for (const Text& text : texts_) canvas.draw(text.block, text.x, text.y);
    const PixelRect whole{0, 0, canvas.width(), canvas.height()};
    for (const auto& [box, colour] : swatches_) draw_frame(canvas, box, colour, dpi_ / 72.0, whole);
  }

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
  std::vector<Text> texts_;
  std::vector<std::pair<Extent, Rgb>> swatches_;  // boxes in pixels
};

// A panel (with the source beside the map) or a heatmap (the map alone).
Figure compose(const FigureSpec& spec, bool with_source) {
  check(spec);
  const double dpi = spec.dpi;
  const auto px = [dpi](double points) { return to_pixels(points, dpi); };
  const bool degenerate = !spec.degenerate.empty();
  const ValueRange range = colour_range(spec);

  const double scale = spec.picture_inches * dpi / std::max(spec.source.width, spec.source.height);
  const int picture_width = std::max(1, static_cast<int>(std::lround(spec.source.width * scale)));
  const int picture_height = std::max(1, static_cast<int>(std::lround(spec.source.height * scale)));
  const int column = std::max(picture_width, px(kMinColumnPoints));
  const int gap = px(kGapPoints);
  const int bar_height = std::max(picture_height, px(kMinBarPoints));
  std::optional<ColourBar> bar;
  if (!degenerate) bar.emplace(*spec.colormap, range, spec.value_label, bar_height, dpi);
  const int row_width = (with_source ? column + gap : 0) + column + (bar ? gap / 2 + bar->width() : 0);
  const int row_height = bar ? bar_height : picture_height;

  const int margin = px(kMarginPoints);
  const int content = std::max(row_width, px(kMinTextPoints));
  const int row_x = margin + (content - row_width) / 2;

  Flow flow(margin, content, margin, dpi);
  for (std::size_t i = 0; i < spec.title.size(); ++i) {
    flow.paragraph(spec.title[i], {.points = 12.0, .bold = i == 0, .max_lines = 4});
    flow.skip(kLeadingPoints / 2);
  }
  for (const std::string& line : spec.subtitle) {
    flow.paragraph(line, {.points = 9.0, .colour = kGrey, .max_lines = 2});
  }
  if (!spec.title.empty() || !spec.subtitle.empty()) flow.skip(2 * kLeadingPoints);

  const int map_column = row_x + (with_source ? column + gap : 0);
  if (with_source) {
    flow.captions({{"Original", {row_x, 0, column, 0}}, {spec.map_caption, {map_column, 0, column, 0}}});
    flow.skip(kLeadingPoints);
  } else if (bar) {
    flow.skip_pixels(bar->overhang_above());
  }
  const int row_y = flow.y();
  flow.skip_pixels(row_height + (bar ? std::max(px(kLeadingPoints), bar->overhang_below()) : px(kLeadingPoints)));
  flow.skip(kLeadingPoints / 2);
  if (degenerate) {
    flow.paragraph(spec.degenerate, {.points = 10.0, .colour = kWarning, .max_lines = 4});
  } else {
    flow.paragraph(range_sentence(spec, range), {.points = 8.0, .colour = kGrey});
  }
  flow.legend(spec.marks);

  const int picture_y = row_y + (row_height - picture_height) / 2;
  const int inset = (column - picture_width) / 2;
  Figure figure{Canvas(content + 2 * margin, flow.y() + margin), {}, {}, {}};
  figure.map = {map_column + inset, picture_y, picture_width, picture_height};
  if (with_source) {
    figure.source = {row_x + inset, picture_y, picture_width, picture_height};
    figure.canvas.draw(spec.source, figure.source);
    figure.canvas.draw(spec.source, figure.map);
  }
  const HeatStyle style{*spec.colormap, range, spec.interpolation, with_source ? spec.alpha : 1.0};
  draw_map(figure.canvas, figure.map, spec, style, dpi / 72.0);
  if (bar) figure.colour_bar = bar->draw(figure.canvas, map_column + column + gap / 2, row_y);
  flow.draw(figure.canvas);
  return figure;
}

// A sentence on a white ground at the bottom of a picture, in letters that suit its size.
void draw_sentence(Canvas& canvas, const std::string& sentence) {
  constexpr double kPixelsPerPoint = 72.0;  // dpi at which a point is a pixel
  const int shorter = std::min(canvas.width(), canvas.height());
  const double size = std::max(9.0, shorter / 24.0);
  const int pad = static_cast<int>(size / 2);
  const int lines = std::max(1, static_cast<int>(canvas.height() / (3 * size)));
  const TextStyle style{.points = size, .colour = kWarning, .max_lines = lines};
  const TextBlock text(sentence, style, std::max(1, canvas.width() - 2 * pad), kPixelsPerPoint);
  const int top = std::max(0, canvas.height() - text.height() - 2 * pad);
  canvas.fill({0, top, canvas.width(), canvas.height() - top}, kWhite);
  canvas.draw(text, pad, top + pad);
}

}  // namespace

Figure draw_panel(const FigureSpec& spec) {
  return compose(spec, true);
}

Figure draw_heatmap(const FigureSpec& spec) {
  return compose(spec, false);
}

Figure draw_overlay(const FigureSpec& spec) {
  check(spec);
  const int width = spec.source.width;
  const int height = spec.source.height;
  if (std::max(width, height) > Canvas::kMaxSide) {
    throw Error(OC_E_SAMPLE, fmt::format("a picture of {} x {} pixels cannot be drawn in its own size, the limit is {} "
                                         "a side; scale it down first",
                                         width, height, Canvas::kMaxSide));
  }
  const PixelRect whole{0, 0, width, height};
  Figure figure{Canvas(width, height), {}, whole, {}};
  figure.canvas.draw(spec.source, whole);
  const HeatStyle style{*spec.colormap, colour_range(spec), spec.interpolation, spec.alpha};
  draw_map(figure.canvas, whole, spec, style, std::max(1.0, std::min(width, height) / 300.0));
  if (!spec.degenerate.empty()) draw_sentence(figure.canvas, spec.degenerate);
  return figure;
}

}  // namespace ocellus::drawing
