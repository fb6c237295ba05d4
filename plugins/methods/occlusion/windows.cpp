#include "plugins/methods/occlusion/windows.hpp"

#include <algorithm>

namespace ocellus::methods {
namespace {

// Where windows begin along one side of the grid.
std::vector<int64_t> starts(int64_t length, int64_t side, int64_t stride) {
  std::vector<int64_t> at;
  for (int64_t start = -((side - 1) / stride) * stride; start < length; start += stride) at.push_back(start);
  return at;
}

}  // namespace

std::vector<std::vector<int64_t>> windows_over(uint32_t rows, uint32_t columns, int64_t side, int64_t stride) {
  const int64_t height = std::min<int64_t>(side, rows), width = std::min<int64_t>(side, columns);
  std::vector<std::vector<int64_t>> windows;
  for (const int64_t top : starts(rows, height, stride)) {
    for (const int64_t left : starts(columns, width, stride)) {
      std::vector<int64_t>& cells = windows.emplace_back();
      for (int64_t row = std::max<int64_t>(0, top); row < std::min<int64_t>(rows, top + height); ++row) {
        for (int64_t column = std::max<int64_t>(0, left); column < std::min<int64_t>(columns, left + width); ++column)
          cells.push_back(row * columns + column);
      }
    }
  }
  return windows;
}

std::vector<float> mean_over_windows(size_t n_cells, const std::vector<std::vector<int64_t>>& windows,
                                     std::span<const double> values) {
  std::vector<double> sums(n_cells);
  std::vector<int64_t> counts(n_cells);
  for (size_t window = 0; window < windows.size(); ++window) {
    for (const int64_t cell : windows[window]) {
      sums[static_cast<size_t>(cell)] += values[window];
      ++counts[static_cast<size_t>(cell)];
    }
  }
  std::vector<float> means(n_cells);
  for (size_t cell = 0; cell < n_cells; ++cell)
    means[cell] = static_cast<float>(sums[cell] / static_cast<double>(std::max<int64_t>(1, counts[cell])));
  return means;
}

}  // namespace ocellus::methods
