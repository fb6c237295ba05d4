// The layers between attentions. Rows are tokens: every x is [rows, features] of the run's type.
#pragma once

#include <ATen/core/Tensor.h>

namespace ocellus::models {

// x weight^T + bias, with weight [out, in]; the bias may be undefined.
struct Linear {
  at::Tensor weight, bias;
  at::Tensor operator()(const at::Tensor& x) const;
};

// x / sqrt(mean(x²) + eps), computed in float32 and cast back *before* the multiplication by the weight, as Hugging
// Face does: the other order changes a quarter of the elements of a bfloat16 run.
struct RmsNorm {
  at::Tensor weight;
  double eps = 1e-6;
  at::Tensor operator()(const at::Tensor& x) const;
};

// down(silu(gate(x)) * up(x)).
struct GatedMlp {
  Linear gate, up, down;
  at::Tensor operator()(const at::Tensor& x) const;
};

}  // namespace ocellus::models
