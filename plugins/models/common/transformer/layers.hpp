// The layers between attentions. Rows are tokens: every x is [rows, features] of the run's type.
#pragma once

#include <ATen/core/Tensor.h>

namespace ocellus::models {

// x weight^T + bias, with weight [out, in]; the bias may be undefined. Where the processor's fastest product wants the
// weight packed, the first call packs it and lets go of the original, so that a layer that never runs costs nothing
// and no weight is held twice. Not thread-safe for that reason.
class Linear {
 public:
  Linear() = default;
  Linear(at::Tensor weight, at::Tensor bias);

  int64_t in_features() const { return in_features_; }
  at::Tensor operator()(const at::Tensor& x) const;

 private:
  mutable at::Tensor weight_, packed_;  // one of both
  at::Tensor bias_;
  int64_t in_features_ = 0;
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
