#include "plugins/renderers/common/canvas.hpp"

#include <fmt/format.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <numbers>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

void set_colour(cairo_t* context, Rgb colour) {
  cairo_set_source_rgb(context, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0);
}

void clip_to(cairo_t* context, const PixelRect& area) {
  cairo_rectangle(context, area.x, area.y, area.width, area.height);
  cairo_clip(context);
}

void show(cairo_t* context, const TextBlock& text) {
  clip_to(context, {0, 0, text.width(), text.height()});
  set_colour(context, text.colour());
  pango_cairo_show_layout(context, text.layout());
}

}  // namespace

Canvas::Canvas(int width, int height, Rgb background) {
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    throw Error(OC_E_OPTION, fmt::format("a drawing of {} x {} pixels is not possible, the limit is {} a side; ask for "
                                         "a smaller size or a lower dpi",
                                         width, height, kMaxSide));
  }
  surface_.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
  if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) {
    throw Error(OC_E_MEMORY, fmt::format("there is no memory for a drawing of {} x {} pixels; ask for a smaller size "
                                         "or a lower dpi",
                                         width, height));
  }
  fill({0, 0, width, height}, background);
}

int Canvas::width() const {
  return cairo_image_surface_get_width(surface_.get());
}

int Canvas::height() const {
  return cairo_image_surface_get_height(surface_.get());
}

Canvas::Context Canvas::context() const {
  return Context(cairo_create(surface_.get()));
}

Rgb Canvas::pixel(int x, int y) const {
  cairo_surface_flush(surface_.get());
  const auto* row = cairo_image_surface_get_data(surface_.get()) +
                    static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(surface_.get());
  return unpack(reinterpret_cast<const Pixel*>(row)[x]);
}

void Canvas::edit_rows(const PixelRect& area, const std::function<void(int, std::span<Pixel>)>& edit) {
  cairo_surface_flush(surface_.get());
  unsigned char* data = cairo_image_surface_get_data(surface_.get());
  const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface_.get());
  for (int row = 0; row < area.height; ++row) {
    auto* pixels = reinterpret_cast<Pixel*>(data + (area.y + row) * stride) + area.x;
    edit(row, {pixels, static_cast<std::size_t>(area.width)});
  }
  cairo_surface_mark_dirty(surface_.get());
}

void Canvas::fill(const PixelRect& area, Rgb colour) {
  edit_rows(area, [p = pack(colour)](int, std::span<Pixel> row) { std::fill(row.begin(), row.end(), p); });
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

void Canvas::draw(const ImageView& image, const PixelRect& area) {
  if (image.width > kMaxSide || image.height > kMaxSide) {
    throw Error(OC_E_SAMPLE, fmt::format("a picture of {} x {} pixels cannot be drawn, the limit is {} a side; scale "
                                         "it down first",
                                         image.width, image.height, kMaxSide));
  }
  const auto copy_row = [&image](int row, std::span<Pixel> pixels) {
    const auto length = static_cast<std::size_t>(image.width) * 3;
    const auto rgb = image.rgb.subspan(static_cast<std::size_t>(row) * length, length);
    for (std::size_t x = 0; x < pixels.size(); ++x) pixels[x] = pack({rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]});
  };
  if (image.width == area.width && image.height == area.height) {
    edit_rows(area, copy_row);
    return;
  }
  Canvas unscaled(image.width, image.height);
  unscaled.edit_rows({0, 0, image.width, image.height}, copy_row);
  const Context context = this->context();
  clip_to(context.get(), area);
  cairo_translate(context.get(), area.x, area.y);
  cairo_scale(context.get(), static_cast<double>(area.width) / image.width,
              static_cast<double>(area.height) / image.height);
  cairo_set_source_surface(context.get(), unscaled.surface(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(context.get()), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend(cairo_get_source(context.get()), CAIRO_EXTEND_PAD);
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
