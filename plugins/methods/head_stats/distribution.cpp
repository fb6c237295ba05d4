#include "plugins/methods/head_stats/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace ocellus::methods {
namespace {

constexpr double rounding = 1e-5;

template <class T>
double interpolated(std::span<const T> sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double low = static_cast<double>(sorted[below]), high = static_cast<double>(sorted[above]);
  return low + (high - low) * (at - static_cast<double>(below));
}

}  // namespace

std::vector<double> bin_edges(double low, double high, double width) {
  // A whole number of bins is not spoilt by the rounding of width.
  const auto n = static_cast<int64_t>(std::ceil((high - low) / width - 1e-9));
  std::vector<double> edges;
  for (int64_t i = 0; i < n; ++i) edges.push_back(low + static_cast<double>(i) * width);
  edges.push_back(high);
  return edges;
}

double quantile(std::span<const double> sorted, double q) {
  return interpolated(sorted, q);
}

Distribution describe(std::vector<float> values, std::span<const double> edges) {
  std::sort(values.begin(), values.end());
  Distribution of;
  of.n = static_cast<int64_t>(values.size());
  const double n = static_cast<double>(values.size());
  for (const float value : values) of.mean += static_cast<double>(value);
  of.mean /= n;
  double squares = 0;
  for (const float value : values) {
    const double deviation = static_cast<double>(value) - of.mean;
    squares += deviation * deviation;
  }
  of.std = std::sqrt(squares / n);
  of.min = static_cast<double>(values.front());
  of.max = static_cast<double>(values.back());
  const std::span<const float> sorted(values);
  of.median = interpolated(sorted, 0.5);
  for (size_t i = 0; i < of.deciles.size(); ++i) of.deciles[i] = interpolated(sorted, static_cast<double>(i + 1) / 10);

  of.counts.assign(edges.size() - 1, 0);
  for (const float single : values) {
    double value = static_cast<double>(single);
    if (value < edges.front() && value >= edges.front() - rounding) value = edges.front();
    if (value > edges.back() && value <= edges.back() + rounding) value = edges.back();
    if (value < edges.front() || value > edges.back()) {
      ++of.outside;
      continue;
    }
    const auto above = std::upper_bound(edges.begin(), edges.end(), value) - edges.begin();
    ++of.counts[std::min(static_cast<size_t>(above), edges.size() - 1) - 1];
  }
  return of;
}

}  // namespace ocellus::methods
