#include "plugins/renderers/common/raster.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

namespace ocellus::drawing {

void Raster::check_size(int width, int height) {
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    throw Error(OC_E_OPTION, fmt::format("a drawing of {} x {} pixels is not possible, the limit is {} a side; ask for "
                                         "a smaller size or a lower dpi",
                                         width, height, kMaxSide));
  }
}

Raster::Raster(int width, int height) {
  check_size(width, height);
  surface_.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
  if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) {
    throw Error(OC_E_MEMORY, fmt::format("there is no memory for a drawing of {} x {} pixels; ask for a smaller size "
                                         "or a lower dpi",
                                         width, height));
  }
}

Raster Raster::scaled(const ImageView& image, int width, int height) {
  if (image.width > kMaxSide || image.height > kMaxSide) {
    throw Error(OC_E_SAMPLE, fmt::format("a picture of {} x {} pixels cannot be drawn, the limit is {} a side; scale "
                                         "it down first",
                                         image.width, image.height, kMaxSide));
  }
  Raster unscaled(image.width, image.height);
  unscaled.edit_rows([&image](int row, std::span<Pixel> pixels) {
    const auto length = static_cast<std::size_t>(image.width) * 3;
    const auto rgb = image.rgb.subspan(static_cast<std::size_t>(row) * length, length);
    for (std::size_t x = 0; x < pixels.size(); ++x) pixels[x] = pack({rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]});
  });
  if (image.width == width && image.height == height) return unscaled;
  Raster raster(width, height);
  const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> context(cairo_create(raster.surface()), cairo_destroy);
  cairo_scale(context.get(), static_cast<double>(width) / image.width, static_cast<double>(height) / image.height);
  cairo_set_source_surface(context.get(), unscaled.surface(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(context.get()), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend(cairo_get_source(context.get()), CAIRO_EXTEND_PAD);
  cairo_paint(context.get());
  return raster;
}

int Raster::width() const {
  return cairo_image_surface_get_width(surface_.get());
}

int Raster::height() const {
  return cairo_image_surface_get_height(surface_.get());
}

std::span<const Raster::Pixel> Raster::row(int y) const {
  cairo_surface_flush(surface_.get());
  const unsigned char* begin = cairo_image_surface_get_data(surface_.get()) +
                               static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(surface_.get());
  return {reinterpret_cast<const Pixel*>(begin), static_cast<std::size_t>(width())};
}

void Raster::edit_rows(const std::function<void(int, std::span<Pixel>)>& edit) {
  cairo_surface_flush(surface_.get());
  unsigned char* data = cairo_image_surface_get_data(surface_.get());
  const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface_.get());
  for (int y = 0; y < height(); ++y) {
    edit(y, {reinterpret_cast<Pixel*>(data + y * stride), static_cast<std::size_t>(width())});
  }
  cairo_surface_mark_dirty(surface_.get());
}

}  // namespace ocellus::drawing
