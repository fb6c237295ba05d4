// Attention that is not paid (Geva et al. 2023, "Dissecting recall of factual associations in auto-regressive language
// models"): scores become minus infinity before the softmax.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace ocellus::models {

// Of one call of the attention; all sorted.
struct Knockout {
  std::span<const int64_t> heads;
  std::vector<int64_t> rows;  // among the queries of the call
  std::span<const int64_t> keys;
};

// Where scores stand in their call.
struct ScorePlace {
  int64_t head, row;      // the first of each
  int64_t visible, step;  // row i of them sees its first visible + i * step keys
};

// Blocks what `knockout` says in scores [heads, rows, keys]. A row none of whose keys would be left keeps the last that
// it sees, itself.
void knock_out(const at::Tensor& scores, const Knockout& knockout, const ScorePlace& place);

}  // namespace ocellus::models
