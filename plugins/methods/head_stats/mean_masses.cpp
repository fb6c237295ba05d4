#include "plugins/methods/head_stats/mean_masses.hpp"

#include <utility>

namespace ocellus::methods {

MeanMasses::MeanMasses(std::vector<Measure> measures, int64_t n_tokens)
    : measures_(std::move(measures)), of_row_(static_cast<size_t>(n_tokens)) {
  for (size_t measure = 0; measure < measures_.size(); ++measure) {
    for (const int64_t row : measures_[measure].queries) of_row_.at(static_cast<size_t>(row)).push_back(measure);
  }
}

void MeanMasses::add(const Capture& piece) {
  n_heads_ = piece.heads().size();
  std::vector<double>& sums = sums_[piece.layer()];
  sums.resize(measures_.size() * n_heads_);
  for (size_t head = 0; head < n_heads_; ++head) {
    for (size_t row = 0; row < piece.rows().size(); ++row) {
      const std::span<const float> groups = piece.values().row(head, row);
      for (const size_t measure : of_row_.at(static_cast<size_t>(piece.rows()[row]))) {
        sums[measure * n_heads_ + head] += static_cast<double>(groups[measures_[measure].keys]);
      }
    }
  }
}

std::vector<double> MeanMasses::table(size_t measure, const std::vector<int64_t>& layers) const {
  const double n_queries = static_cast<double>(measures_.at(measure).queries.size());
  std::vector<double> values;
  for (const int64_t layer : layers) {
    const std::vector<double>& sums = sums_.at(layer);
    for (size_t head = 0; head < n_heads_; ++head) values.push_back(sums[measure * n_heads_ + head] / n_queries);
  }
  return values;
}

}  // namespace ocellus::methods
