// Lines that a rim keeps visible on any picture: dark around a light colour, light around a dark one.
#pragma once

#include <span>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/map_sampler.hpp"

namespace ocellus::drawing {

// `box` in pixels.
struct Frame {
  Extent box;
  Rgb colour;
};

// No rim lies on a line, so that frames side by side share one.
void draw_frames(Canvas& canvas, std::span<const Frame> frames, double line_width, const PixelRect& clip);

void draw_lines(Canvas& canvas, std::span<const Polyline> lines, Rgb colour, double line_width, const PixelRect& clip);

}  // namespace ocellus::drawing
