// Pixels in memory: what maps and pictures are mixed in before a canvas shows them.
#pragma once

#include <cairo.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::drawing {

class Raster {
 public:
  // Width and height at most: the limit of Cairo's image surfaces.
  static constexpr int kMaxSide = 32767;

  // 0x00RRGGBB in native byte order.
  using Pixel = std::uint32_t;
  static constexpr Pixel pack(Rgb c) { return Pixel{c.r} << 16 | Pixel{c.g} << 8 | Pixel{c.b}; }
  static constexpr Rgb unpack(Pixel p) {
    return {static_cast<std::uint8_t>(p >> 16), static_cast<std::uint8_t>(p >> 8), static_cast<std::uint8_t>(p)};
  }

  // Throws OC_E_OPTION when a side is outside [1, kMaxSide].
  static void check_size(int width, int height);

  // Black. Throws what check_size throws, and OC_E_MEMORY when there is no memory.
  Raster(int width, int height);

  // The picture scaled to width x height: an exact copy where the sizes agree, else bilinear up and area-weighted down.
  // Throws OC_E_SAMPLE when a side of the picture is over kMaxSide, and what the constructor throws.
  static Raster scaled(const ImageView& image, int width, int height);

  int width() const;
  int height() const;
  // Rows 0 .. height - 1 from the top.
  std::span<const Pixel> row(int y) const;
  Rgb pixel(int x, int y) const { return unpack(row(y)[static_cast<std::size_t>(x)]); }

  // Calls edit(row, pixels) for every row from the top.
  void edit_rows(const std::function<void(int, std::span<Pixel>)>& edit);

  // Stays owned by the raster.
  cairo_surface_t* surface() const { return surface_.get(); }

 private:
  struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  };

  std::unique_ptr<cairo_surface_t, Destroy> surface_;
};

}  // namespace ocellus::drawing
