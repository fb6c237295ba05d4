#include "plugins/methods/raw_attention/rollout.hpp"

#include <algorithm>
#include <numeric>

namespace ocellus::methods {

Rollout::Rollout(int64_t rows, const std::vector<std::vector<int64_t>>& columns, std::vector<int64_t> queries,
                 std::vector<int64_t> layers)
    : rows_(rows),
      columns_(columns.size()),
      queries_(std::move(queries)),
      layers_(std::move(layers)),
      before_(static_cast<size_t>(rows) * columns_),
      after_(static_cast<size_t>(rows) * columns_) {
  std::sort(queries_.begin(), queries_.end());
  std::sort(layers_.begin(), layers_.end());
  for (size_t column = 0; column < columns_; ++column) {
    for (const int64_t token : columns[column]) {
      if (token < rows_) before_[static_cast<size_t>(token) * columns_ + column] = 1.0f;
    }
  }
}

uint64_t Rollout::bytes(int64_t rows, size_t columns) {
  return 2 * sizeof(float) * static_cast<uint64_t>(rows) * columns;
}

void Rollout::add(const Capture& capture, HeadReduction heads) {
  if (capture.layer() != layer_) begin_layer(capture.layer());
  for (size_t piece = 0; piece < capture.rows().size(); ++piece) {
    const int64_t row = capture.rows()[piece];
    if (row != next_row_++) throw Error(OC_E_INTERNAL, "the model's rows did not come in the order of their tokens");
    add_row(row, reduce_heads(capture, piece, heads));
  }
}

void Rollout::begin_layer(int64_t layer) {
  if (layer != layer_ + 1 || next_row_ != rows_)
    throw Error(OC_E_INTERNAL, "the model's rows did not come in the order of its layers");
  std::swap(before_, after_);
  layer_ = layer;
  next_row_ = 0;
}

void Rollout::add_row(int64_t row, std::span<const double> attention) {
  float* const out = &after_[static_cast<size_t>(row) * columns_];
  const double sum = std::accumulate(attention.begin(), attention.end(), 1.0);
  std::fill(out, out + columns_, 0.0f);
  const int64_t keys = std::min(rows_, static_cast<int64_t>(attention.size()));
  for (int64_t key = 0; key < keys; ++key) {
    const auto weight = static_cast<float>((attention[static_cast<size_t>(key)] + (key == row ? 1.0 : 0.0)) / sum);
    if (weight == 0.0f) continue;  // a key after the row
    const float* const in = &before_[static_cast<size_t>(key) * columns_];
    for (size_t column = 0; column < columns_; ++column) out[column] += weight * in[column];
  }
  if (!std::binary_search(layers_.begin(), layers_.end(), layer_) ||
      !std::binary_search(queries_.begin(), queries_.end(), row))
    return;
  std::vector<double>& kept = kept_[layer_];
  kept.resize(columns_, 0.0);
  for (size_t column = 0; column < columns_; ++column) {
    kept[column] += static_cast<double>(out[column]) / static_cast<double>(queries_.size());
  }
}

}  // namespace ocellus::methods
