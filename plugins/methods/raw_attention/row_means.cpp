#include "plugins/methods/raw_attention/row_means.hpp"

#include <algorithm>

namespace ocellus::methods {

std::vector<double> reduce_heads(const Capture& capture, size_t row, HeadReduction heads) {
  const size_t n_heads = capture.heads().size();
  const std::span<const float> first = capture.values().row(0, row);
  std::vector<double> reduced(first.begin(), first.end());
  if (heads == HeadReduction::none) {
    for (size_t head = 1; head < n_heads; ++head) {
      const std::span<const float> values = capture.values().row(head, row);
      reduced.insert(reduced.end(), values.begin(), values.end());
    }
    return reduced;
  }
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
  layer.n_keys = static_cast<size_t>(capture.values().shape().back());
  layer.sums.resize(heads == HeadReduction::none ? capture.heads().size() * layer.n_keys : layer.n_keys, 0.0);
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

double RowMeans::at(int64_t layer, size_t place, size_t head) const {
  const Layer& of = layers_.at(layer);
  return of.sums.at(head * of.n_keys + place) / static_cast<double>(of.rows);
}

}  // namespace ocellus::methods
