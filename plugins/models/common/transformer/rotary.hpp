// Rotary position embedding in the half-split form: element i is paired with element i + d/2.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace ocellus::models {

// 1 / base^(2i/dim) for i < dim/2, float32 [dim/2].
at::Tensor inverse_frequencies(int64_t dim, double base);

// Cosine and sine of every row's angles.
struct RotaryTable {
  at::Tensor cos, sin;  // [rows, 1, d], to be multiplied with [rows, heads, d]

  // From float32 angles [rows, d/2], the tables in `type`.
  static RotaryTable of(const at::Tensor& angles, at::ScalarType type);

  // x [rows, heads, d] rotated, computed in the wider of both types and given back in its own.
  at::Tensor rotate(const at::Tensor& x) const;
  // The table that turns back: the gradient of what is rotated from that of the result.
  RotaryTable inverse() const;
};

}  // namespace ocellus::models
