// Relevance of tokens by attention and its gradients (Chefer, Gur and Wolf, Generic Attention-model Explainability,
// 2021, rules 5 and 6, for a model whose attention is all self-attention):
//
//   Abar[l] = mean_h ReLU(A[l, h] * dS/dA[l, h]),   R = I,   R <- R + Abar[l] R from the first layer to the last
//
// A row of the result is e R = e (I + Abar[L-1]) ... (I + Abar[0]) with e that row of I. It is multiplied from the
// left, from the last layer to the first, as layers come, so that one number for each token is all that is held.
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/method.hpp>
#include <vector>

namespace ocellus::methods {

class Relevance {
 public:
  // Of the mean over the rows `from`, ascending: relevance is followed through the layers as they come, or each layer
  // alone is asked what these rows read in it. Gradients are taken in units of `unit`, which is not 0.
  enum class Way { through_layers, each_layer };
  Relevance() = default;
  Relevance(Way way, std::vector<int64_t> from, double unit = 1);

  // Bytes held at one time for this many tokens and layers.
  static uint64_t bytes(Way way, int64_t tokens, size_t layers);

  // A piece [2, heads, rows, keys] of all keys, layer by layer from the highest; every row up to the last of `from`, or
  // those of `from`, once for each layer and ascending. Throws Error(OC_E_INTERNAL) for anything else.
  void add(const Capture& capture);

  // [tokens]: what was read through all layers that came, without what a row is to itself; or in `layer`. Throws
  // Error(OC_E_INTERNAL) if not all rows of a layer have come.
  std::vector<double> through_layers() const;
  const std::vector<double>& in_layer(int64_t layer) const;

  // Whether any gradient was not 0: in `layer`, or in all that came.
  bool has_gradient(int64_t layer) const { return gradients_.at(layer); }
  bool has_gradient() const;

 private:
  void begin_layer(int64_t layer, size_t tokens);
  void end_layer();
  void check_complete() const;
  // Abar of one row, into `row_`. Returns whether a gradient is not 0.
  bool mean_over_heads(const Capture& capture, size_t place);

  Way way_ = Way::through_layers;
  std::vector<int64_t> from_, expected_;  // rows
  double unit_ = 1;
  std::vector<double> weights_;                    // [tokens]: of the rows of the layer at hand
  std::vector<double> read_;                       // [tokens]: by them in it
  std::vector<double> row_;                        // [keys]
  size_t next_row_ = 0;                            // place in expected_
  std::map<int64_t, std::vector<double>> layers_;  // of each_layer
  std::map<int64_t, bool> gradients_;
};

}  // namespace ocellus::methods
