#include "plugins/methods/head_stats/bootstrap.hpp"

#include <algorithm>
#include <limits>

#include "plugins/methods/head_stats/distribution.hpp"

namespace ocellus::methods {
namespace {

// The output function of SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014).
uint64_t mixed(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

}  // namespace

size_t counted_index(uint64_t seed, uint64_t draw, uint64_t place, size_t n) {
  // The upper 32 bits are taken to [0, n) by one multiplication; n is far below 2^32.
  return static_cast<size_t>((mixed(mixed(mixed(seed) ^ draw) ^ place) >> 32) * n >> 32);
}

std::vector<Interval> bootstrap_means(std::span<const float> values, size_t n_samples, size_t n_columns,
                                      const BootstrapSettings& settings) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  std::vector<Interval> intervals(n_columns, {none, none});
  const auto draws = static_cast<size_t>(settings.draws);
  if (n_samples < 2 || draws == 0) return intervals;
  std::vector<float> means(draws * n_columns);  // [columns, draws]
  std::vector<double> sums(n_columns);
  std::vector<int64_t> times(n_samples);
  for (size_t draw = 0; draw < draws; ++draw) {
    std::fill(times.begin(), times.end(), 0);
    for (size_t place = 0; place < n_samples; ++place) ++times[counted_index(settings.seed, draw, place, n_samples)];
    std::fill(sums.begin(), sums.end(), 0.0);
    for (size_t sample = 0; sample < n_samples; ++sample) {
      if (times[sample] == 0) continue;
      const double weight = static_cast<double>(times[sample]);
      const std::span<const float> row = values.subspan(sample * n_columns, n_columns);
      for (size_t column = 0; column < n_columns; ++column) sums[column] += weight * static_cast<double>(row[column]);
    }
    for (size_t column = 0; column < n_columns; ++column)
      means[column * draws + draw] = static_cast<float>(sums[column] / static_cast<double>(n_samples));
  }
  for (size_t column = 0; column < n_columns; ++column) {
    const auto first = means.begin() + static_cast<int64_t>(column * draws);
    std::vector<double> sorted(first, first + static_cast<int64_t>(draws));
    std::sort(sorted.begin(), sorted.end());
    intervals[column] = {quantile(sorted, 0.025), quantile(sorted, 0.975)};
  }
  return intervals;
}

}  // namespace ocellus::methods
