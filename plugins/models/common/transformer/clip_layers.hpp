// The layers of towers that follow CLIP: x is [rows, features] of the run's type. `input_gradient` is the way back, as
// in layers.hpp.
#pragma once

#include <ATen/core/Tensor.h>

#include "plugins/models/common/config/activation.hpp"
#include "plugins/models/common/transformer/layers.hpp"

namespace ocellus::models {

// (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias.
struct LayerNorm {
  at::Tensor weight, bias;
  double eps = 1e-5;
  at::Tensor operator()(const at::Tensor& x) const;
  // In float32, as it is added to a residual stream's.
  at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& gradient) const;
};

// Rounded to the run's type after each operation, as Hugging Face does.
at::Tensor activate(const at::Tensor& x, Activation activation);

// From the gradient with respect to activate(x), of x's type, that with respect to x. Computed in float32.
at::Tensor activation_gradient(const at::Tensor& x, const at::Tensor& gradient, Activation activation);

// out(activate(in(x))).
struct TwoLayerMlp {
  Linear in, out;
  Activation activation;
  at::Tensor operator()(const at::Tensor& x) const { return output(inner(x)); }

  // What the way back needs of the way there: [rows, intermediate size], before the activation.
  at::Tensor inner(const at::Tensor& x) const { return in(x); }
  at::Tensor output(const at::Tensor& inner) const { return out(activate(inner, activation)); }
  at::Tensor input_gradient(const at::Tensor& inner, const at::Tensor& gradient) const;
};

}  // namespace ocellus::models
