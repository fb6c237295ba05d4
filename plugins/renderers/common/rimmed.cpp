#include "plugins/renderers/common/rimmed.hpp"

namespace ocellus::drawing {
namespace {

// By the luma of Rec. 601.
Rgb rim_of(Rgb colour) {
  return 0.299 * colour.r + 0.587 * colour.g + 0.114 * colour.b < 96.0 ? kWhite : kBlack;
}

}  // namespace

void draw_frames(Canvas& canvas, std::span<const Frame> frames, double line_width, const PixelRect& clip) {
  for (const auto& [box, colour] : frames) {
    canvas.outline(box.x0, box.y0, box.x1, box.y1, rim_of(colour), 2 * line_width, clip);
  }
  for (const auto& [box, colour] : frames) {
    canvas.outline(box.x0, box.y0, box.x1, box.y1, colour, line_width, clip);
  }
}

void draw_lines(Canvas& canvas, std::span<const Polyline> lines, Rgb colour, double line_width, const PixelRect& clip) {
  canvas.stroke(lines, rim_of(colour), 2 * line_width, clip);
  canvas.stroke(lines, colour, line_width, clip);
}

}  // namespace ocellus::drawing
