// In which order cells are masked: by a map, and by controls that see no map.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/faithfulness/grid.hpp"

namespace ocellus::faithfulness {

// The visible cells of a grid by place; the first is masked first.
using Order = std::vector<uint32_t>;

// The same on every machine, for the same seed and grid.
Order random_order(const Grid& grid, uint64_t seed);

// The largest value first; equal ones as in `ties`, a random order. `values` are by place.
Order order_by(std::span<const double> values, const Order& ties);

// For each cell minus its distance from the picture's centre, in hundredths of a pixel: cells at the same distance have
// the same value.
std::vector<double> nearness_to_centre(const Grid& grid);

// A known box in pixels of the picture.
struct Box {
  double x0, y0, x1, y1;
};

// For each cell the share of its pixels whose centre lies in one of `boxes`.
std::vector<double> share_in_boxes(const Grid& grid, std::span<const Box> boxes);

}  // namespace ocellus::faithfulness
