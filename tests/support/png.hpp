// Pictures that a renderer wrote, and cells of the maps that it drew.
#pragma once

#include <cairo.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::test {

using drawing::kWhite;
using drawing::PixelRect;
using drawing::Rgb;

// A PNG file, decoded.
class Png {
 public:
  explicit Png(const std::filesystem::path& path) : surface_(cairo_image_surface_create_from_png(path.c_str())) {
    if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS)
      throw std::runtime_error("no PNG: " + path.string());
  }
  int width() const { return cairo_image_surface_get_width(surface_.get()); }
  int height() const { return cairo_image_surface_get_height(surface_.get()); }
  Rgb at(int x, int y) const {
    const unsigned char* row =
        cairo_image_surface_get_data(surface_.get()) + cairo_image_surface_get_stride(surface_.get()) * y;
    const uint32_t pixel = reinterpret_cast<const uint32_t*>(row)[x];
    return {static_cast<uint8_t>(pixel >> 16), static_cast<uint8_t>(pixel >> 8), static_cast<uint8_t>(pixel)};
  }

  // Around all pixels of a colour inside `area`, as far as that is of the picture.
  PixelRect around(Rgb colour, const PixelRect& area) const {
    int x0 = width(), y0 = height(), x1 = 0, y1 = 0;
    for (int y = area.y; y < std::min(area.y + area.height, height()); ++y) {
      for (int x = area.x; x < std::min(area.x + area.width, width()); ++x) {
        if (at(x, y) != colour) continue;
        x0 = std::min(x0, x), y0 = std::min(y0, y), x1 = std::max(x1, x + 1), y1 = std::max(y1, y + 1);
      }
    }
    return {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
  }
  PixelRect whole() const { return {0, 0, width(), height()}; }

  // The rectangle that begins at (x, y) and ends where its first row and column turn white.
  PixelRect block(int x, int y) const {
    PixelRect rect{x, y, 0, 0};
    while (x + rect.width < width() && at(x + rect.width, y) != kWhite) ++rect.width;
    while (y + rect.height < height() && at(x, y + rect.height) != kWhite) ++rect.height;
    return rect;
  }

 private:
  struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  };
  std::unique_ptr<cairo_surface_t, Destroy> surface_;
};

// Equal cells that fill `extent`.
inline std::vector<float> cells(int rows, int columns, const drawing::Extent& extent = {}) {
  std::vector<float> corners;
  const double width = (extent.x1 - extent.x0) / columns, height = (extent.y1 - extent.y0) / rows;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      for (const double edge :
           {extent.x0 + c * width, extent.y0 + r * height, extent.x0 + (c + 1) * width, extent.y0 + (r + 1) * height}) {
        corners.push_back(static_cast<float>(edge));
      }
    }
  }
  return corners;
}

}  // namespace ocellus::test
