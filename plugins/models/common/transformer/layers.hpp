// The layers between attentions. Rows are tokens: every x is [rows, features] of the run's type.
//
// `input_gradient` is the way back: from the gradient of a scalar with respect to a layer's result, that with respect
// to its input. Weights have none.
#pragma once

#include <ATen/core/Tensor.h>

namespace ocellus::models {

// What a gradient is multiplied by on its way back through a layer of `type`, which is linear in it: in float16 a power
// of 2 that brings its largest value near 1, because gradients are often below the type's smallest numbers; else 1.
double gradient_factor(const at::Tensor& gradient, at::ScalarType type);

// x weight^T + bias, with weight [out, in]; the bias may be undefined. Where the processor's fastest product wants the
// weight packed, the first call packs it and lets go of the original, so that a layer that never runs costs nothing
// and no weight is held twice. Not thread-safe for that reason.
class Linear {
 public:
  Linear() = default;
  Linear(at::Tensor weight, at::Tensor bias);

  int64_t in_features() const { return in_features_; }
  at::Tensor operator()(const at::Tensor& x) const;
  // gradient [rows, out] of the run's type.
  at::Tensor input_gradient(const at::Tensor& gradient) const;
  // The weight's rows of these outputs, [outputs, in].
  at::Tensor weight_rows(const at::Tensor& outputs) const;

 private:
  // The weight as it was before it was packed.
  at::Tensor plain_weight() const;

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
  // In float32, as it is added to a residual stream's.
  at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& gradient) const;
};

// down(silu(gate(x)) * up(x)).
struct GatedMlp {
  Linear gate, up, down;
  at::Tensor operator()(const at::Tensor& x) const { return output(inner(x)); }

  // What the way back needs of the way there.
  struct Inner {
    at::Tensor gate, up;  // [rows, intermediate size]
  };
  Inner inner(const at::Tensor& x) const { return {gate(x), up(x)}; }
  at::Tensor output(const Inner& inner) const;
  at::Tensor input_gradient(const Inner& inner, const at::Tensor& gradient) const;
};

}  // namespace ocellus::models
