#include "plugins/models/common/transformer/clip_layers.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace ocellus::models {

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {x.size(-1)}, weight, bias, eps);
}

at::Tensor activate(const at::Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::gelu:
      return at::gelu(x);
    case Activation::quick_gelu:
      return x * at::sigmoid(1.702 * x);
    case Activation::gelu_new:  // x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x³)))
      return at::pow(x, 3.0).mul_(0.044715).add_(x).mul_(std::sqrt(2 / std::numbers::pi)).tanh_().add_(1).mul_(0.5 * x);
    case Activation::relu:
      break;
  }
  return at::relu(x);
}

at::Tensor TwoLayerMlp::operator()(const at::Tensor& x) const {
  return out(activate(in(x), activation));
}

}  // namespace ocellus::models
