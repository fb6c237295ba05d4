#include "plugins/methods/raw_attention/row_means.hpp"

#include <algorithm>

namespace ocellus::methods {

std::vector<double> reduce_heads(const Capture& capture, size_t row, HeadReduction heads) {
  const size_t n_heads = capture.heads().size();
  const std::span<const float> first = capture.values().row(0, row);
  std::vector<double> reduced(first.begin(), first.end());
  for (size_t head = 1; head < n_heads; ++head) {
    const std::span<const float> values = capture.values().row(head, row);
    for (size_t key = 0; key < reduced.size(); ++key) {
      reduced[key] = heads == HeadReduction::max ? std::max(reduced[key], static_cast<double>(values[key]))
                                                 : reduced[key] + static_cast<double>(values[key]);
    }
  }
  if (heads == HeadReduction::mean) {
    for (double& value : reduced) value /= static_cast<double>(n_heads);
  }
  return reduced;
}

void RowMeans::add(const Capture& capture, HeadReduction heads) {
  Layer& layer = layers_[capture.layer()];
  layer.sums.resize(static_cast<size_t>(capture.values().shape().back()), 0.0);
  for (size_t row = 0; row < capture.rows().size(); ++row) {
    const std::vector<double> values = reduce_heads(capture, row, heads);
    for (size_t key = 0; key < values.size(); ++key) layer.sums[key] += values[key];
  }
  layer.rows += capture.rows().size();
  keys_.assign(capture.keys().begin(), capture.keys().end());
}

size_t RowMeans::place_of(int64_t token) const {
  return static_cast<size_t>(std::lower_bound(keys_.begin(), keys_.end(), token) - keys_.begin());
}

double RowMeans::at(int64_t layer, size_t place) const {
  const Layer& of = layers_.at(layer);
  return of.sums.at(place) / static_cast<double>(of.rows);
}

}  // namespace ocellus::methods
