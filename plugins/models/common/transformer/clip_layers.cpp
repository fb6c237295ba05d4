#include "plugins/models/common/transformer/clip_layers.hpp"

#include <ATen/ATen.h>

namespace ocellus::models {

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {x.size(-1)}, weight, bias, eps);
}

at::Tensor activate(const at::Tensor& x, Activation activation) {
  return activation == Activation::gelu ? at::gelu(x) : x * at::sigmoid(1.702 * x);
}

at::Tensor TwoLayerMlp::operator()(const at::Tensor& x) const {
  return out(activate(in(x), activation));
}

}  // namespace ocellus::models
