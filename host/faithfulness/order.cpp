#include "host/faithfulness/order.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace ocellus::faithfulness {

Order random_order(const Grid& grid, uint64_t seed) {
  // The standard fixes what this engine draws, but not what its distributions and std::shuffle make of it.
  std::mt19937_64 engine(seed);
  const auto below = [&](uint64_t n) {
    const uint64_t largest = std::mt19937_64::max() - std::mt19937_64::max() % n;
    uint64_t drawn = engine();
    while (drawn >= largest) drawn = engine();
    return drawn % n;
  };
  Order order = grid.visible();
  for (size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[below(left)]);
  return order;
}

Order order_by(std::span<const double> values, const Order& ties) {
  Order order = ties;
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return values[a] > values[b]; });
  return order;
}

std::vector<double> nearness_to_centre(const Grid& grid) {
  std::vector<double> nearness;
  for (const store::Heatmap::Cell& cell : grid.cells()) {
    const double dx = (static_cast<double>(cell.x0) + cell.x1 - 1) / 2 * grid.width();
    const double dy = (static_cast<double>(cell.y0) + cell.y1 - 1) / 2 * grid.height();
    nearness.push_back(-std::round(100 * std::hypot(dx, dy)));
  }
  return nearness;
}

std::vector<double> share_in_boxes(const Grid& grid, std::span<const Box> boxes) {
  std::vector<double> shares;
  for (const PixelRect& rect : grid.rects()) {
    int64_t inside = 0;
    for (int y = rect.y0; y < rect.y1; ++y) {
      for (int x = rect.x0; x < rect.x1; ++x) {
        inside += std::any_of(boxes.begin(), boxes.end(), [&](const Box& box) {
          return x + 0.5 >= box.x0 && x + 0.5 < box.x1 && y + 0.5 >= box.y0 && y + 0.5 < box.y1;
        });
      }
    }
    shares.push_back(rect.pixels() > 0 ? static_cast<double>(inside) / static_cast<double>(rect.pixels()) : 0);
  }
  return shares;
}

}  // namespace ocellus::faithfulness
