// The way back through softmax attention, in the same blocks of query rows: memory is linear in the number of keys,
// because a block's probabilities are made again instead of kept (Dao et al. 2022, "FlashAttention", section 3.1).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/row_reader.hpp"

namespace ocellus::models {

struct AttentionGradients {
  at::Tensor q;     // [Tq, Hq, d]
  at::Tensor k, v;  // [Tk, Hkv, d]
};

// With mixed = BlockedAttention(q, k, v, scale, mask) of q [Hq, Tq, d] and k, v [Hkv, Tk, d], where Tq = Tk under
// Mask::causal, and `gradient` [Tq, Hq * d] of a scalar with respect to `mixed`, the scalar's gradients with respect to
// q, k and v. All of one type; sums over rows are float32. `reader` is shown the probabilities and the scalar's
// gradient with respect to them, which changes no number; `factor` is what `gradient` has been multiplied by.
AttentionGradients attention_gradient(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                      const at::Tensor& mixed, const at::Tensor& gradient, double scale, Mask mask,
                                      GradientReader* reader = nullptr, double factor = 1);

// Bytes of its temporaries, and of those for a reader.
uint64_t attention_gradient_bytes(int64_t heads, int64_t kv_heads, int64_t tokens, int64_t head_dim, int64_t item);
uint64_t read_gradient_bytes(int64_t heads, int64_t tokens);

}  // namespace ocellus::models
