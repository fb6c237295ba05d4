#include "plugins/models/common/transformer/layers.hpp"

#include <ATen/ATen.h>

#include <utility>

#include "plugins/models/common/transformer/products.hpp"

namespace ocellus::models {

Linear::Linear(at::Tensor weight, at::Tensor bias)
    : weight_(std::move(weight)), bias_(std::move(bias)), in_features_(weight_.size(1)) {}

at::Tensor Linear::operator()(const at::Tensor& x) const {
  if (weight_.defined()) {
    if (products::library_for(weight_.options()) == products::Library::libtorch) return at::linear(x, weight_, bias_);
    packed_ = products::pack(weight_);
    weight_.reset();
  }
  return products::linear(x, packed_, bias_);
}

at::Tensor RmsNorm::operator()(const at::Tensor& x) const {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor mean_square = wide.pow(2).mean(-1, /*keepdim=*/true);
  return weight * (wide * at::rsqrt(mean_square + eps)).to(x.scalar_type());
}

at::Tensor GatedMlp::operator()(const at::Tensor& x) const {
  return down(at::silu(gate(x)) * up(x));
}

}  // namespace ocellus::models
