// Windows that slide over the cells of a grid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ocellus::methods {

// Cells by row * columns + column, ascending, of every place of a window of `side` x `side` cells, `stride` apart, row
// by row. Windows reach over the edges of the grid, so that cells there are in as many as others; with stride <= side
// every cell is in one at least. A side longer than the grid's is cut to it, and no two windows have the same cells.
std::vector<std::vector<int64_t>> windows_over(uint32_t rows, uint32_t columns, int64_t side, int64_t stride);

// For each of `n_cells` the mean of the values of the windows it is in.
std::vector<float> mean_over_windows(size_t n_cells, const std::vector<std::vector<int64_t>>& windows,
                                     std::span<const double> values);

}  // namespace ocellus::methods
