// Attention rollout (Abnar and Zuidema, Quantifying Attention Flow in Transformers, 2020, section 3): how much of each
// token's place in the input is left in a row after layer l,
//
//   R[l] = norm(A[l] + I) · R[l - 1],   R[-1] = I,
//
// where A[l] is reduced over heads and norm() divides each row by its sum. Only the columns asked for are kept.
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/method.hpp>
#include <span>
#include <vector>

#include "plugins/methods/raw_attention/row_means.hpp"

namespace ocellus::methods {

class Rollout {
 public:
  // Over the first `rows` tokens; column c is the sum of the tokens in columns[c]. The mean over the rows `queries` is
  // kept after each layer of `layers`.
  Rollout(int64_t rows, const std::vector<std::vector<int64_t>>& columns, std::vector<int64_t> queries,
          std::vector<int64_t> layers);

  // float32 matrices held: two of [rows, columns].
  static uint64_t bytes(int64_t rows, size_t columns);

  // Pieces of all keys, in the order of layers, then of rows, from layer 0 and row 0 (abi/probe.h).
  void add(const Capture& capture, HeadReduction heads);

  // [columns], after `layer`. Throws std::out_of_range for one that was not asked for or has not come.
  const std::vector<double>& after(int64_t layer) const { return kept_.at(layer); }

 private:
  void begin_layer(int64_t layer);
  void add_row(int64_t row, std::span<const double> attention);

  int64_t rows_;
  size_t columns_;
  std::vector<int64_t> queries_, layers_;  // sorted
  std::vector<float> before_, after_;      // [rows, columns]
  int64_t layer_ = 0, next_row_ = 0;
  std::map<int64_t, std::vector<double>> kept_;
};

}  // namespace ocellus::methods
