#include "plugins/renderers/common/canvas.hpp"

#include <pango/pangocairo.h>

#include <numbers>

#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

void set_colour(cairo_t* context, Rgb colour, double opacity = 1.0) {
  cairo_set_source_rgba(context, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0, opacity);
}

void clip_to(cairo_t* context, const PixelRect& area) {
  cairo_rectangle(context, area.x, area.y, area.width, area.height);
  cairo_clip(context);
}

void add_path(cairo_t* context, std::span<const Polyline> lines) {
  for (const Polyline& line : lines) {
    cairo_new_sub_path(context);
    for (const Point& point : line.points) cairo_line_to(context, point.x, point.y);
    if (line.closed) cairo_close_path(context);
  }
}

void show(cairo_t* context, const TextBlock& text) {
  clip_to(context, {0, 0, text.width(), text.height()});
  set_colour(context, text.colour());
  pango_cairo_show_layout(context, text.layout());
}

}  // namespace

Canvas::Canvas(int width, int height, Rgb background, Medium medium) : width_(width), height_(height) {
  if (medium == Medium::pixels) {
    pixels_.emplace(width, height);
  } else {
    Raster::check_size(width, height);
    const cairo_rectangle_t whole{0, 0, static_cast<double>(width), static_cast<double>(height)};
    recording_.reset(cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &whole));
  }
  fill({0, 0, width, height}, background);
}

void Canvas::fill(const PixelRect& area, Rgb colour, double opacity) {
  const Context context = this->context();
  set_colour(context.get(), colour, opacity);
  cairo_rectangle(context.get(), area.x, area.y, area.width, area.height);
  cairo_fill(context.get());
}

void Canvas::hatch(const PixelRect& area, Rgb colour, double line_width, double spacing) {
  const Context context = this->context();
  clip_to(context.get(), area);
  set_colour(context.get(), colour);
  cairo_set_line_width(context.get(), line_width);
  const double step = spacing * std::numbers::sqrt2;
  for (double start = step / 2 - area.height; start < area.width; start += step) {
    cairo_move_to(context.get(), area.x + start, area.y + area.height);
    cairo_line_to(context.get(), area.x + start + area.height, area.y);
  }
  cairo_stroke(context.get());
}

void Canvas::outline(double x0, double y0, double x1, double y1, Rgb colour, double line_width, const PixelRect& clip) {
  const Context context = this->context();
  clip_to(context.get(), clip);
  set_colour(context.get(), colour);
  cairo_set_line_width(context.get(), line_width);
  cairo_rectangle(context.get(), x0, y0, x1 - x0, y1 - y0);
  cairo_stroke(context.get());
}

void Canvas::fill(const Polyline& outline, Rgb colour, double opacity, const PixelRect& clip) {
  const Context context = this->context();
  clip_to(context.get(), clip);
  set_colour(context.get(), colour, opacity);
  add_path(context.get(), std::span(&outline, 1));
  cairo_fill(context.get());
}

void Canvas::stroke(std::span<const Polyline> lines, Rgb colour, double line_width, const PixelRect& clip) {
  const Context context = this->context();
  clip_to(context.get(), clip);
  set_colour(context.get(), colour);
  cairo_set_line_width(context.get(), line_width);
  cairo_set_line_join(context.get(), CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(context.get(), CAIRO_LINE_CAP_ROUND);
  add_path(context.get(), lines);
  cairo_stroke(context.get());
}

void Canvas::stroke_dashed(std::span<const Polyline> lines, Rgb colour, double opacity, double line_width,
                           const PixelRect& clip) {
  const Context context = this->context();
  clip_to(context.get(), clip);
  set_colour(context.get(), colour, opacity);
  cairo_set_line_width(context.get(), line_width);
  const double dashes[] = {4 * line_width, 2 * line_width};
  cairo_set_dash(context.get(), dashes, 2, 0);
  add_path(context.get(), lines);
  cairo_stroke(context.get());
}

void Canvas::draw(const Raster& raster, int x, int y) {
  const Context context = this->context();
  cairo_set_source_surface(context.get(), raster.surface(), x, y);
  cairo_pattern_set_filter(cairo_get_source(context.get()), CAIRO_FILTER_NEAREST);
  cairo_paint(context.get());
}

void Canvas::draw(const TextBlock& text, int x, int y) {
  const Context context = this->context();
  cairo_translate(context.get(), x, y);
  show(context.get(), text);
  unknown_glyphs_ += text.unknown_glyphs();
}

void Canvas::draw_upwards(const TextBlock& text, int x, int y) {
  const Context context = this->context();
  cairo_translate(context.get(), x, y + text.width());
  cairo_rotate(context.get(), -std::numbers::pi / 2);
  show(context.get(), text);
  unknown_glyphs_ += text.unknown_glyphs();
}

}  // namespace ocellus::drawing
