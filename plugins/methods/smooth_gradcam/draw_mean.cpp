#include "plugins/methods/smooth_gradcam/draw_mean.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ocellus::methods {

double normalise(std::vector<double>& map, double threshold) {
  const double largest = map.empty() ? 0.0 : *std::max_element(map.begin(), map.end());
  if (largest <= 0) return 0.0;
  for (double& value : map) {
    value /= largest;
    if (value < threshold) value = 0.0;
  }
  return largest;
}

void DrawMean::add(const std::vector<double>& map) {
  means_.resize(map.size(), 0.0);
  squares_.resize(map.size(), 0.0);
  ++draws_;
  for (size_t cell = 0; cell < map.size(); ++cell) {
    const double deviation = map[cell] - means_[cell];
    means_[cell] += deviation / static_cast<double>(draws_);
    squares_[cell] += deviation * (map[cell] - means_[cell]);
  }
}

std::vector<float> DrawMean::mean() const {
  return {means_.begin(), means_.end()};
}

double DrawMean::variance(size_t cell) const {
  return squares_[cell] / static_cast<double>(draws_ - 1);
}

std::vector<float> DrawMean::standard_error() const {
  std::vector<float> errors;
  for (size_t cell = 0; draws_ > 1 && cell < means_.size(); ++cell) {
    errors.push_back(static_cast<float>(std::sqrt(variance(cell) / static_cast<double>(draws_))));
  }
  return errors;
}

std::optional<double> DrawMean::agreement() const {
  const auto cells = static_cast<double>(means_.size()), draws = static_cast<double>(draws_);
  if (draws_ < 2 || means_.size() < 2) return std::nullopt;
  const double centre = std::accumulate(means_.begin(), means_.end(), 0.0) / cells;
  double between = 0, within = 0;  // mean squares
  for (size_t cell = 0; cell < means_.size(); ++cell) {
    between += draws * (means_[cell] - centre) * (means_[cell] - centre) / (cells - 1);
    within += variance(cell) / cells;
  }
  const double whole = between + (draws - 1) * within;
  if (whole <= 0) return std::nullopt;
  return (between - within) / whole;
}

}  // namespace ocellus::methods
