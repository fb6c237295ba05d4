#include "plugins/methods/qa_attention/question_map.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ocellus::methods {

void normalise(QuestionMap& map) {
  map.image_mass = std::accumulate(map.values.begin(), map.values.end(), 0.0);
  if (map.image_mass <= 0) return;
  for (double& value : map.values) value /= map.image_mass;
}

void soften(QuestionMap& map) {
  double sum = 0;
  for (double& value : map.values) {
    value = std::exp(value);
    sum += value;
  }
  for (double& value : map.values) value /= sum;
}

MapStatistics statistics_of(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  MapStatistics statistics{std::accumulate(values.begin(), values.end(), 0.0) / count, 0, *max, *min, 0};
  double squares = 0;
  for (const double value : values) {
    squares += (value - statistics.mean) * (value - statistics.mean);
    statistics.entropy -= value * std::log(value + 1e-8);
  }
  statistics.deviation = std::sqrt(squares / count);
  return statistics;
}

std::vector<size_t> largest(const std::vector<double>& values, size_t count) {
  std::vector<size_t> places(values.size());
  std::iota(places.begin(), places.end(), size_t{0});
  count = std::min(count, places.size());
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count), places.end(),
                    [&](size_t a, size_t b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
  places.resize(count);
  return places;
}

}  // namespace ocellus::methods
