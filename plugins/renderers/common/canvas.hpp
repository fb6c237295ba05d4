// An opaque picture in memory that shapes, pictures and text are drawn on.
#pragma once

#include <cairo.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::drawing {

class TextBlock;

class Canvas {
 public:
  // Width and height at most: the limit of Cairo's image surfaces.
  static constexpr int kMaxSide = 32767;

  // 0x00RRGGBB in native byte order.
  using Pixel = std::uint32_t;
  static constexpr Pixel pack(Rgb c) { return Pixel{c.r} << 16 | Pixel{c.g} << 8 | Pixel{c.b}; }
  static constexpr Rgb unpack(Pixel p) {
    return {static_cast<std::uint8_t>(p >> 16), static_cast<std::uint8_t>(p >> 8), static_cast<std::uint8_t>(p)};
  }

  // Throws OC_E_OPTION when a side is outside [1, kMaxSide], OC_E_MEMORY when there is no memory.
  Canvas(int width, int height, Rgb background = kWhite);

  int width() const;
  int height() const;
  Rgb pixel(int x, int y) const;

  // Calls edit(row, pixels) for the rows 0 .. area.height - 1 of an area that lies inside the canvas.
  void edit_rows(const PixelRect& area, const std::function<void(int, std::span<Pixel>)>& edit);

  void fill(const PixelRect& area, Rgb colour);
  // Parallel 45 degree lines inside `area`, `spacing` pixels apart.
  void hatch(const PixelRect& area, Rgb colour, double line_width, double spacing);
  // A frame centred on the edges given in pixels, never outside `clip`.
  void outline(double x0, double y0, double x1, double y1, Rgb colour, double line_width, const PixelRect& clip);

  // Scales the picture to fill `area`: exact copy where the sizes agree, else bilinear up and area-weighted down.
  // Throws OC_E_SAMPLE when a side of the picture is over kMaxSide.
  void draw(const ImageView& image, const PixelRect& area);
  // The block's box has its top left at (x, y); no ink leaves the box.
  void draw(const TextBlock& text, int x, int y);
  // The same, turned to be read from bottom to top; the turned box has its top left at (x, y).
  void draw_upwards(const TextBlock& text, int x, int y);

  // Glyphs that no installed font has, over all text drawn so far; each shows as a box.
  int unknown_glyphs() const { return unknown_glyphs_; }

  // Stays owned by the canvas.
  cairo_surface_t* surface() const { return surface_.get(); }

 private:
  struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };
  using Context = std::unique_ptr<cairo_t, Destroy>;

  Context context() const;

  std::unique_ptr<cairo_surface_t, Destroy> surface_;
  int unknown_glyphs_ = 0;
};

}  // namespace ocellus::drawing
