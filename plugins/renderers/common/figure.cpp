#include "plugins/renderers/common/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/figure_scale.hpp"
#include "plugins/renderers/common/framed.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

constexpr Rgb kWarning{160, 30, 20};

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
  return draw_framed(spec, {{draw_source, "Original", &Figure::sources},
                            {draw_heat, spec.map_caption, &Figure::maps, PaneBar::values}});
}

Figure draw_triptych(const FigureSpec& spec) {
  return draw_framed(spec, {{draw_source, "Original", &Figure::sources},
                            {draw_cells, "Map", &Figure::grids, PaneBar::values, PaneShape::grid},
                            {draw_heat, spec.map_caption, &Figure::maps}});
}

Figure draw_heatmap(const FigureSpec& spec) {
  return draw_framed(spec, {{draw_map_alone, "", &Figure::maps, PaneBar::values}});
}

Figure draw_contour(const FigureSpec& spec) {
  return draw_framed(spec, {{draw_contours, "", &Figure::maps, PaneBar::levels}});
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
