#include "plugins/methods/relevancy/relevance.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace ocellus::methods {

Relevance::Relevance(Way way, std::vector<int64_t> from, double unit) : way_(way), from_(std::move(from)), unit_(unit) {
  if (from_.empty() || from_.front() < 0) throw Error(OC_E_INTERNAL, "relevance of no row");
  expected_ = from_;
  if (way_ == Way::each_layer) return;
  expected_.resize(static_cast<size_t>(from_.back() + 1));
  std::iota(expected_.begin(), expected_.end(), int64_t{0});
}

uint64_t Relevance::bytes(Way way, int64_t tokens, size_t layers) {
  const size_t vectors = way == Way::through_layers ? 3 : 3 + layers;
  return static_cast<uint64_t>(tokens) * vectors * sizeof(double);
}

void Relevance::add(const Capture& capture) {
  const std::vector<int64_t>& shape = capture.values().shape();
  const auto is = [&](size_t axis, size_t length) { return shape[axis] == static_cast<int64_t>(length); };
  if (shape.size() != 4 || !is(0, 2) || !is(1, capture.heads().size()) || !is(2, capture.rows().size()) ||
      !is(3, capture.keys().size()) || capture.heads().empty() || capture.keys().empty() ||
      capture.keys().back() + 1 != static_cast<int64_t>(capture.keys().size()))
    throw Error(OC_E_INTERNAL, "a capture of attention gradients has another shape than [2, heads, rows, all keys]");
  if (!gradients_.contains(capture.layer())) begin_layer(capture.layer(), capture.keys().size());
  for (size_t place = 0; place < capture.rows().size(); ++place) {
    const int64_t row = capture.rows()[place];
    if (next_row_ >= expected_.size() || expected_[next_row_] != row)
      throw Error(OC_E_INTERNAL, "the model's rows did not come in the order of their tokens");
    ++next_row_;
    const double weight = weights_[static_cast<size_t>(row)];
    if (weight == 0) continue;  // what no way leads to
    gradients_[capture.layer()] |= mean_over_heads(capture, place);
    for (size_t key = 0; key < row_.size(); ++key) read_[key] += weight * row_[key];
  }
  if (next_row_ == expected_.size()) end_layer();
}

bool Relevance::mean_over_heads(const Capture& capture, size_t place) {
  const size_t n_heads = capture.heads().size();
  row_.assign(capture.keys().size(), 0.0);
  bool has_gradient = false;
  for (size_t head = 0; head < n_heads; ++head) {
    const std::span<const float> attention = capture.values().row(0, head, place),
                                 gradient = capture.values().row(1, head, place);
    for (size_t key = 0; key < row_.size(); ++key) {
      has_gradient |= gradient[key] != 0.0f;
      row_[key] += std::max(0.0, static_cast<double>(attention[key]) * static_cast<double>(gradient[key]));
    }
  }
  for (double& value : row_) value /= static_cast<double>(n_heads) * unit_;
  return has_gradient;
}

void Relevance::begin_layer(int64_t layer, size_t tokens) {
  check_complete();
  if (!gradients_.empty() && (layer > gradients_.begin()->first || tokens != weights_.size()))
    throw Error(OC_E_INTERNAL, "the model's layers did not come from the highest to the lowest");
  if (from_.empty() || from_.back() >= static_cast<int64_t>(tokens))
    throw Error(OC_E_INTERNAL, "the model delivered fewer keys than it was asked for");
  if (weights_.empty()) {
    weights_.resize(tokens, 0.0);
    for (const int64_t row : from_) weights_[static_cast<size_t>(row)] += 1.0 / static_cast<double>(from_.size());
  }
  gradients_[layer] = false;
  read_.assign(tokens, 0.0);
  next_row_ = 0;
}

void Relevance::end_layer() {
  if (way_ == Way::each_layer) {
    layers_[gradients_.begin()->first] = read_;
    return;
  }
  for (size_t token = 0; token < weights_.size(); ++token) weights_[token] += read_[token];
}

void Relevance::check_complete() const {
  if (!gradients_.empty() && next_row_ != expected_.size())
    throw Error(OC_E_INTERNAL, "the model delivered fewer rows of attention gradients than it was asked for");
}

std::vector<double> Relevance::through_layers() const {
  check_complete();
  std::vector<double> found = weights_;
  if (found.empty()) throw Error(OC_E_INTERNAL, "the model delivered no attention gradients");
  for (const int64_t row : from_) found[static_cast<size_t>(row)] -= 1.0 / static_cast<double>(from_.size());
  return found;
}

const std::vector<double>& Relevance::in_layer(int64_t layer) const {
  const auto at = layers_.find(layer);
  if (at == layers_.end()) throw Error(OC_E_INTERNAL, "the model delivered fewer attention gradients than asked for");
  return at->second;
}

bool Relevance::has_gradient() const {
  return std::any_of(gradients_.begin(), gradients_.end(), [](const auto& layer) { return layer.second; });
}

}  // namespace ocellus::methods
