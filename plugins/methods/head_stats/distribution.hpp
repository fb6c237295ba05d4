// How numbers are spread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ocellus::methods {

// The edges of bins of `width` from `low` on; the last one ends at `high`, and may be narrower.
std::vector<double> bin_edges(double low, double high, double width);

struct Distribution {
  int64_t n = 0;
  double mean = 0, std = 0;  // of the population: the sum of squares is divided by n
  double min = 0, median = 0, max = 0;
  std::array<double, 9> deciles{};  // 10 %, 20 %, ... 90 %
  std::vector<int64_t> counts;      // of each bin [edge, next edge); the last one is closed
  int64_t outside = 0;              // values in no bin
};

// Of at least one value. Quantiles are interpolated linearly between order statistics, as numpy's default is. A value
// that rounding has put beyond the outermost edges, by 1e-5 at most, is in the bin beside it.
Distribution describe(std::vector<float> values, std::span<const double> edges);

// The quantile `q` in [0, 1] of `sorted` numbers, at least one.
double quantile(std::span<const double> sorted, double q);

}  // namespace ocellus::methods
