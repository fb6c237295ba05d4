// Where the cells of a map lie on its picture, in whole pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "host/store/heatmap.hpp"

namespace ocellus::faithfulness {

// Pixels from (x0, y0) up to, without, (x1, y1); empty if nothing of a cell is on the picture.
struct PixelRect {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  bool operator==(const PixelRect&) const = default;
  int64_t pixels() const { return x1 > x0 && y1 > y0 ? int64_t{x1 - x0} * (y1 - y0) : 0; }
};

class Grid {
 public:
  // A pixel belongs to a cell if its centre does, so cells that share an edge share no pixel.
  Grid(std::vector<store::Heatmap::Cell> cells, int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  // By place in the map.
  const std::vector<PixelRect>& rects() const { return rects_; }
  const std::vector<store::Heatmap::Cell>& cells() const { return cells_; }
  // The places of cells that hold pixels; the others are padding or beyond an edge, and masking them changes nothing.
  const std::vector<uint32_t>& visible() const { return visible_; }

 private:
  std::vector<store::Heatmap::Cell> cells_;
  int width_, height_;
  std::vector<PixelRect> rects_;
  std::vector<uint32_t> visible_;
};

}  // namespace ocellus::faithfulness
