// An opaque sheet that shapes, pictures and text are drawn on.
#pragma once

#include <cairo.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "plugins/renderers/common/pixel.hpp"
#include "plugins/renderers/common/raster.hpp"

namespace ocellus::drawing {

class TextBlock;

// What becomes of lines and text: pixels at once, or shapes that a vector format keeps.
enum class Medium { pixels, vectors };

struct Point {
  double x = 0.0;
  double y = 0.0;
};

struct Polyline {
  std::vector<Point> points;
  bool closed = false;
};

// Coordinates are pixels of the `dpi` the drawing is made for, in both media.
class Canvas {
 public:
  // Throws what Raster's constructor throws.
  Canvas(int width, int height, Rgb background = kWhite, Medium medium = Medium::pixels);

  int width() const { return width_; }
  int height() const { return height_; }

  // The pixels of Medium::pixels; none of Medium::vectors.
  const Raster& pixels() const { return pixels_.value(); }
  Rgb pixel(int x, int y) const { return pixels().pixel(x, y); }

  void fill(const PixelRect& area, Rgb colour, double opacity = 1.0);
  void fill(const Polyline& outline, Rgb colour, double opacity, const PixelRect& clip);
  // Parallel 45 degree lines inside `area`, `spacing` pixels apart.
  void hatch(const PixelRect& area, Rgb colour, double line_width, double spacing);
  // A frame centred on the edges given in pixels, never outside `clip`.
  void outline(double x0, double y0, double x1, double y1, Rgb colour, double line_width, const PixelRect& clip);
  void stroke(std::span<const Polyline> lines, Rgb colour, double line_width, const PixelRect& clip);
  // Dashes of four line widths, gaps of two, from the first point of each line. Where lines cross they are no denser.
  void stroke_dashed(std::span<const Polyline> lines, Rgb colour, double opacity, double line_width,
                     const PixelRect& clip);

  // Pixel for pixel, its top left at (x, y).
  void draw(const Raster& raster, int x, int y);
  // The block's box has its top left at (x, y); no ink leaves the box.
  void draw(const TextBlock& text, int x, int y);
  // The same, turned to be read from bottom to top; the turned box has its top left at (x, y).
  void draw_upwards(const TextBlock& text, int x, int y);

  // Glyphs that no installed font has, over all text drawn so far; each shows as a box.
  int unknown_glyphs() const { return unknown_glyphs_; }

  // The drawing, to be painted elsewhere. Stays owned by the canvas.
  cairo_surface_t* surface() const { return pixels_ ? pixels_->surface() : recording_.get(); }

 private:
  struct Destroy {
    // Finished first: Cairo 1.16's SVG surface keeps a reference to what was painted on it, for ever, and with it every
    // picture in the recording.
    void operator()(cairo_surface_t* surface) const {
      cairo_surface_finish(surface);
      cairo_surface_destroy(surface);
    }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };
  using Context = std::unique_ptr<cairo_t, Destroy>;

  Context context() const { return Context(cairo_create(surface())); }

  int width_;
  int height_;
  std::optional<Raster> pixels_;                         // of Medium::pixels
  std::unique_ptr<cairo_surface_t, Destroy> recording_;  // of Medium::vectors
  int unknown_glyphs_ = 0;
};

}  // namespace ocellus::drawing
