// The layers of towers that follow CLIP: x is [rows, features] of the run's type.
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
};

// Rounded to the run's type after each operation, as Hugging Face does.
at::Tensor activate(const at::Tensor& x, Activation activation);

// out(activate(in(x))).
struct TwoLayerMlp {
  Linear in, out;
  Activation activation;
  at::Tensor operator()(const at::Tensor& x) const;
};

}  // namespace ocellus::models
