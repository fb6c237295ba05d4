#include "plugins/models/common/transformer/clip_layers.hpp"

#include <ATen/ATen.h>

namespace ocellus::models {

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {x.size(-1)}, weight, bias, eps);
}

at::Tensor QuickGeluMlp::operator()(const at::Tensor& x) const {
  const at::Tensor inner = in(x);
  return out(inner * at::sigmoid(1.702 * inner));
}

}  // namespace ocellus::models
