#include "host/sanity/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace ocellus::sanity {

std::vector<double> mean_ranks(std::span<const double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t left, size_t right) { return values[left] < values[right]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    // Places begin + 1 to end.
    const double rank = static_cast<double>(begin + 1 + end) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b) {
  const auto is_finite = [](double value) { return std::isfinite(value); };
  if (a.size() < 2 || !std::all_of(a.begin(), a.end(), is_finite) || !std::all_of(b.begin(), b.end(), is_finite))
    return std::nullopt;
  const std::vector<double> left = mean_ranks(a), right = mean_ranks(b);
  const double mean = static_cast<double>(a.size() + 1) / 2;
  double both = 0, of_left = 0, of_right = 0;
  for (size_t i = 0; i < left.size(); ++i) {
    both += (left[i] - mean) * (right[i] - mean);
    of_left += (left[i] - mean) * (left[i] - mean);
    of_right += (right[i] - mean) * (right[i] - mean);
  }
  if (of_left == 0 || of_right == 0) return std::nullopt;
  return std::clamp(both / std::sqrt(of_left * of_right), -1.0, 1.0);
}

}  // namespace ocellus::sanity
