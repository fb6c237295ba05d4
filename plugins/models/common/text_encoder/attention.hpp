// Attention over all pairs of a short text.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace ocellus::models {

// softmax(q k^T * scale + bias) v over heads, with the softmax in float32: q, k and v [tokens, heads * d] to the same
// shape. The bias [heads, tokens, tokens] may be undefined.
inline at::Tensor attend_to_all(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t heads,
                                double scale, const at::Tensor& bias) {
  const int64_t tokens = q.size(0);
  const auto by_head = [&](const at::Tensor& x) { return x.view({tokens, heads, -1}).transpose(0, 1).contiguous(); };
  at::Tensor scores = at::bmm(by_head(q), by_head(k).transpose(1, 2));
  if (scale != 1) scores.mul_(scale);
  if (bias.defined()) scores.add_(bias);
  const at::Tensor probabilities = at::softmax(scores, -1, at::kFloat).to(q.scalar_type());
  return at::bmm(probabilities, by_head(v)).transpose(0, 1).reshape({tokens, -1});
}

}  // namespace ocellus::models
