// The layers of towers that follow CLIP: x is [rows, features] of the run's type.
#pragma once

#include <ATen/core/Tensor.h>

#include "plugins/models/common/transformer/layers.hpp"

namespace ocellus::models {

// (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias.
struct LayerNorm {
  at::Tensor weight, bias;
  double eps = 1e-5;
  at::Tensor operator()(const at::Tensor& x) const;
};

// out(quick_gelu(in(x))) with quick_gelu(y) = y * sigmoid(1.702 y), rounded to the run's type after each operation, as
// Hugging Face does.
struct QuickGeluMlp {
  Linear in, out;
  at::Tensor operator()(const at::Tensor& x) const;
};

}  // namespace ocellus::models
