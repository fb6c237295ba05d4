#include "host/faithfulness/grid.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ocellus::faithfulness {
namespace {

// The first pixel whose centre is at or behind `edge`, in units of the picture.
int first_pixel(float edge, int size) {
  const double at = std::ceil(static_cast<double>(edge) * size - 0.5);
  return static_cast<int>(std::clamp(at, 0.0, static_cast<double>(size)));
}

}  // namespace

Grid::Grid(std::vector<store::Heatmap::Cell> cells, int width, int height)
    : cells_(std::move(cells)), width_(width), height_(height) {
  for (const store::Heatmap::Cell& cell : cells_) {
    rects_.push_back({first_pixel(cell.x0, width), first_pixel(cell.y0, height), first_pixel(cell.x1, width),
                      first_pixel(cell.y1, height)});
    if (rects_.back().pixels() > 0) visible_.push_back(static_cast<uint32_t>(rects_.size() - 1));
  }
}

}  // namespace ocellus::faithfulness
