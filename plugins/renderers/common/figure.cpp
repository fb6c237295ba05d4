#include "plugins/renderers/common/figure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/colour_bar.hpp"
#include "plugins/renderers/common/flow.hpp"
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

void check(const FigureSpec& spec) {
  if (!(spec.alpha >= 0.0 && spec.alpha <= 1.0)) {
    throw Error(OC_E_OPTION, fmt::format("alpha={} is not possible; choose a number from 0 to 1", spec.alpha));
  }
  // More pixels than a canvas can have would not even fit an int.
  const double longest = spec.dpi * spec.picture_inches;
  if (!(spec.dpi >= 20.0 && spec.picture_inches > 0.0 && longest >= 16.0 && longest <= Raster::kMaxSide)) {
    throw Error(OC_E_OPTION,
                fmt::format("pictures of {} inches at dpi={} are not possible; choose a dpi of at least 20 "
                            "and 16 to {} pixels a picture",
                            spec.picture_inches, spec.dpi, Raster::kMaxSide));
  }
  if (spec.views.empty()) throw Error(OC_E_INTERNAL, "a figure of no map was asked for; this is a fault of the caller");
  for (const MapView& view : spec.views) check(view);
}

ValueRange colour_range(const FigureSpec& spec, const MapView& view) {
  if (!view.degenerate.empty()) return {};
  const ValueRange values = spec.shared.value_or(value_range(view.map));
  const ValueRange range{spec.vmin.value_or(values.min), spec.vmax.value_or(values.max)};
  if (!(std::isfinite(range.min) && std::isfinite(range.max) && range.min <= range.max)) {
    throw Error(OC_E_OPTION,
                fmt::format("the colours cannot run from {:g} to {:g}; give a vmin below vmax", range.min, range.max));
  }
  return range;
}

// One range for the colours of all views.
bool one_scale(const FigureSpec& spec) {
  return spec.views.size() == 1 || spec.shared || (spec.vmin && spec.vmax);
}

std::vector<double> levels_of(const FigureSpec& spec, const ValueRange& range) {
  std::vector<double> levels;
  const double min = range.min, max = range.max;
  if (spec.levels.empty()) {
    for (int k = 1; k <= spec.n_levels && min < max; ++k) levels.push_back(min + (max - min) * k / (spec.n_levels + 1));
  } else {
    std::copy_if(spec.levels.begin(), spec.levels.end(), std::back_inserter(levels),
                 [&](double level) { return level >= min && level <= max; });
    std::sort(levels.begin(), levels.end());
  }
  return levels;
}

std::string range_sentence(const FigureSpec& spec, const MapView& view) {
  const ValueRange values = value_range(view.map), range = colour_range(spec, view);
  if (spec.vmin || spec.vmax) {
    return fmt::format("colours linear from {:.4g} to {:.4g} (given), map values from {:.4g} to {:.4g}", range.min,
                       range.max, values.min, values.max);
  }
  if (spec.shared) {
    return fmt::format(
        "colours linear from {:.4g} to {:.4g} (over all maps), map values from {:.4g} to "
        "{:.4g}",
        range.min, range.max, values.min, values.max);
  }
  if (values.min == values.max) return fmt::format("every map value is {:.4g}", values.min);
  return fmt::format("colours linear from {:.4g} (minimum of the map) to {:.4g} (maximum)", values.min, values.max);
}

ViewStyle style_of(const FigureSpec& spec, const MapView& view) {
  const ValueRange range = colour_range(spec, view);
  ViewStyle style{{*spec.colormap, range, spec.interpolation, spec.alpha}};
  style.font = spec.font;
  style.levels = levels_of(spec, range);
  return style;
}

using DrawView = void (*)(Canvas&, const PixelRect&, const MapView&, const ViewStyle&);

// Title, pictures in columns, bars beside them, what the colours mean, legend.
class Framed {
 public:
  Framed(const FigureSpec& spec, DrawView draw, bool with_sources)
      : spec_(spec), draw_(draw), with_sources_(with_sources) {
    check(spec);
  }

  Figure compose(bool bars_tick_levels) {
    lay_out_columns(bars_tick_levels);
    const int margin = px(kMarginPoints);
    const int content = std::max(row_width_, px(kMinTextPoints));
    const int row_x = margin + (content - row_width_) / 2;

    Flow flow(margin, content, margin, spec_.dpi, spec_.font);
    write_title(flow);
    std::vector<PixelRect> sources, maps;
    write_captions(flow, row_x);
    if (with_sources_ && stacked()) {
      sources = place_row(flow, row_x, picture_row_height());
      flow.skip_pixels(std::max(px(kGapPoints), overhang_above() + px(kLeadingPoints)));
    }
    const int row_y = flow.y();
    maps = place_row(flow, row_x + map_shift(), row_height());
    if (with_sources_ && !stacked()) sources = {maps.front()}, sources.front().x -= map_shift();
    flow.skip_pixels(std::max(px(kLeadingPoints), overhang_below()));
    flow.skip(kLeadingPoints / 2);
    write_explanation(flow);

    Figure figure{Canvas(content + 2 * margin, flow.y() + margin, kWhite, spec_.medium), sources, maps};
    for (std::size_t i = 0; i < spec_.views.size(); ++i) {
      const MapView& view = spec_.views[i];
      if (with_sources_) {
        const PixelRect& place = sources[i];
        figure.canvas.draw(Raster::scaled(view.source, place.width, place.height), place.x, place.y);
      }
      draw_(figure.canvas, maps[i], view, framed_style(view));
      const Column& column = columns_[i];
      if (!column.bar) continue;
      const int bar_x = row_x + map_shift() + column.x + column.width + px(kGapPoints) / 2;
      figure.colour_bars.push_back(column.bar->draw(figure.canvas, bar_x, row_y));
    }
    flow.draw(figure.canvas);
    return figure;
  }

 private:
  struct Column {
    int x = 0;      // from the left of the row
    int width = 0;  // without the bar
    int picture_width = 0;
    int picture_height = 0;
    std::optional<ColourBar> bar{};
  };

  int px(double points) const { return to_pixels(points, spec_.dpi); }
  // The source of one view stands beside its map, those of several stand above.
  bool stacked() const { return spec_.views.size() > 1; }
  int map_shift() const { return with_sources_ && !stacked() ? columns_.front().width + px(kGapPoints) : 0; }

  ViewStyle framed_style(const MapView& view) const {
    ViewStyle style = style_of(spec_, view);
    style.line_width = spec_.dpi / 72.0;
    style.dpi = spec_.dpi;
    return style;
  }

  int picture_row_height() const {
    return std::max_element(columns_.begin(), columns_.end(),
                            [](const Column& a, const Column& b) { return a.picture_height < b.picture_height; })
        ->picture_height;
  }
  bool has_bars() const {
    return std::any_of(columns_.begin(), columns_.end(), [](const Column& column) { return column.bar.has_value(); });
  }
  int row_height() const {
    return has_bars() ? std::max(picture_row_height(), px(kMinBarPoints)) : picture_row_height();
  }
  int overhang_above() const {
    int overhang = 0;
    for (const Column& column : columns_) overhang = std::max(overhang, column.bar ? column.bar->overhang_above() : 0);
    return overhang;
  }
  int overhang_below() const {
    int overhang = 0;
    for (const Column& column : columns_) overhang = std::max(overhang, column.bar ? column.bar->overhang_below() : 0);
    return overhang;
  }

  void lay_out_columns(bool bars_tick_levels) {
    for (const MapView& view : spec_.views) {
      const double scale = spec_.picture_inches * spec_.dpi / std::max(view.source.width, view.source.height);
      Column& column = columns_.emplace_back();
      column.picture_width = std::max(1, static_cast<int>(std::lround(view.source.width * scale)));
      column.picture_height = std::max(1, static_cast<int>(std::lround(view.source.height * scale)));
      column.width = std::max(column.picture_width, px(kMinColumnPoints));
    }
    const int bar_height = std::max(picture_row_height(), px(kMinBarPoints));
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const MapView& view = spec_.views[i];
      if (!view.degenerate.empty()) continue;
      // On one scale, the bar of the last map is the bar of all.
      if (last && one_scale(spec_)) columns_[*last].bar.reset();
      last = i;
      const ViewStyle style = style_of(spec_, view);
      columns_[i].bar.emplace(ColourBarSpec{*spec_.colormap, style.heat.range, spec_.value_label,
                                            bars_tick_levels ? style.levels : std::vector<double>{}, bar_height,
                                            spec_.dpi, spec_.font});
    }
    int x = 0;
    for (Column& column : columns_) {
      column.x = x;
      x += column.width + (column.bar ? px(kGapPoints) / 2 + column.bar->width() : 0) + px(kGapPoints);
    }
    row_width_ = map_shift() + x - px(kGapPoints);
  }

  void write_title(Flow& flow) const {
    for (std::size_t i = 0; i < spec_.title.size(); ++i) {
      flow.paragraph(spec_.title[i], {.points = 12.0, .bold = i == 0, .max_lines = 4});
      flow.skip(kLeadingPoints / 2);
    }
    for (const std::string& line : spec_.subtitle) {
      flow.paragraph(line, {.points = 9.0, .colour = kGrey, .max_lines = 2});
    }
    if (!spec_.title.empty() || !spec_.subtitle.empty()) flow.skip(2 * kLeadingPoints);
  }

  void write_captions(Flow& flow, int row_x) const {
    std::vector<std::pair<std::string, PixelRect>> captions;
    if (stacked()) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const MapView& view = spec_.views[i];
        const std::string caption = view.note.empty() ? view.name : view.name + " · " + view.note;
        captions.push_back({caption, {row_x + columns_[i].x, 0, columns_[i].width, 0}});
      }
    } else if (with_sources_) {
      const int width = columns_.front().width;
      captions = {{"Original", {row_x, 0, width, 0}}, {spec_.map_caption, {row_x + map_shift(), 0, width, 0}}};
    }
    if (!captions.empty()) {
      flow.captions(captions);
      flow.skip(kLeadingPoints);
    }
    // A bar without a caption above it needs room for the label at its end.
    if (captions.empty() || (stacked() && !with_sources_)) flow.skip_pixels(overhang_above());
  }

  // Pictures centred in their columns and in a row `height` pixels high, which the flow then leaves behind.
  std::vector<PixelRect> place_row(Flow& flow, int row_x, int height) const {
    std::vector<PixelRect> places;
    for (const Column& column : columns_) {
      places.push_back({row_x + column.x + (column.width - column.picture_width) / 2,
                        flow.y() + (height - column.picture_height) / 2, column.picture_width, column.picture_height});
    }
    flow.skip_pixels(height);
    return places;
  }

  void write_explanation(Flow& flow) const {
    for (const MapView& view : spec_.views) {
      if (&view != &spec_.views.front()) flow.skip(kLeadingPoints / 2);
      const std::string name = stacked() && !view.name.empty() ? view.name + ": " : "";
      if (view.degenerate.empty()) {
        flow.paragraph(name + range_sentence(spec_, view), {.points = 8.0, .colour = kGrey});
      } else {
        flow.paragraph(name + view.degenerate, {.points = 10.0, .colour = kWarning, .max_lines = 4});
      }
      for (const Mark& mark : view.marks) {
        if (mark.label.empty()) continue;
        flow.skip(kLeadingPoints / 2);
        flow.legend(mark.colour, name + mark.label);
      }
    }
  }

  const FigureSpec& spec_;
  DrawView draw_;
  bool with_sources_;
  std::vector<Column> columns_;
  int row_width_ = 0;
};

// An empty figure as large as the one picture.
Figure in_own_size(const FigureSpec& spec) {
  check(spec);
  const ImageView& source = spec.views.front().source;
  if (std::max(source.width, source.height) > Raster::kMaxSide) {
    throw Error(OC_E_SAMPLE, fmt::format("a picture of {} x {} pixels cannot be drawn in its own size, the limit is {} "
                                         "a side; scale it down first",
                                         source.width, source.height, Raster::kMaxSide));
  }
  return {Canvas(source.width, source.height, kWhite, spec.medium), {}, {{0, 0, source.width, source.height}}};
}

// A sentence on a white ground at the bottom of a picture, in letters that suit its size.
void draw_sentence(Canvas& canvas, const std::string& sentence, const std::string& font) {
  constexpr double kPixelsPerPoint = 72.0;  // dpi at which a point is a pixel
  const int shorter = std::min(canvas.width(), canvas.height());
  const double size = std::max(9.0, shorter / 24.0);
  const int pad = static_cast<int>(size / 2);
  const int lines = std::max(1, static_cast<int>(canvas.height() / (3 * size)));
  const TextStyle style{.points = size, .colour = kWarning, .max_lines = lines, .family = font};
  const TextBlock text(sentence, style, std::max(1, canvas.width() - 2 * pad), kPixelsPerPoint);
  const int top = std::max(0, canvas.height() - text.height() - 2 * pad);
  canvas.fill({0, top, canvas.width(), canvas.height() - top}, kWhite);
  canvas.draw(text, pad, top + pad);
}

}  // namespace

Figure draw_panel(const FigureSpec& spec) {
  return Framed(spec, draw_heat, true).compose(false);
}

Figure draw_heatmap(const FigureSpec& spec) {
  return Framed(spec, draw_map_alone, false).compose(false);
}

Figure draw_contour(const FigureSpec& spec) {
  return Framed(spec, draw_contours, false).compose(true);
}

Figure draw_source(const FigureSpec& spec) {
  Figure figure = in_own_size(spec);
  const PixelRect& whole = figure.maps.front();
  figure.canvas.draw(Raster::scaled(spec.views.front().source, whole.width, whole.height), 0, 0);
  std::swap(figure.sources, figure.maps);
  return figure;
}

Figure draw_overlay(const FigureSpec& spec) {
  Figure figure = in_own_size(spec);
  const MapView& view = spec.views.front();
  const int width = view.source.width, height = view.source.height;
  const PixelRect whole = figure.maps.front();
  ViewStyle style = style_of(spec, view);
  const double shorter = std::min(width, height);
  style.line_width = std::max(1.0, shorter / 300.0);
  style.tag_points = std::max(9.0, shorter / 30.0);
  draw_heat(figure.canvas, whole, view, style);
  if (!view.degenerate.empty()) draw_sentence(figure.canvas, view.degenerate, spec.font);
  return figure;
}

}  // namespace ocellus::drawing
