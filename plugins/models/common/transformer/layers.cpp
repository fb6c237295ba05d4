#include "plugins/models/common/transformer/layers.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "plugins/models/common/transformer/products.hpp"

namespace ocellus::models {

double gradient_factor(const at::Tensor& gradient, at::ScalarType type) {
  const double largest = type == at::kHalf ? gradient.abs().max().item<double>() : 0;
  return largest > 0 ? std::exp2(-std::round(std::log2(largest))) : 1;
}

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

at::Tensor Linear::plain_weight() const {
  return weight_.defined() ? weight_ : packed_.to_dense();
}

at::Tensor Linear::input_gradient(const at::Tensor& gradient) const {
  const at::Tensor weight = plain_weight();
  if (products::library_for(weight.options()) == products::Library::libtorch) return at::matmul(gradient, weight);
  return products::with_transposed(gradient, weight.t());
}

at::Tensor Linear::weight_rows(const at::Tensor& outputs) const {
  return plain_weight().index_select(0, outputs);
}

at::Tensor RmsNorm::operator()(const at::Tensor& x) const {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor mean_square = wide.pow(2).mean(-1, /*keepdim=*/true);
  return weight * (wide * at::rsqrt(mean_square + eps)).to(x.scalar_type());
}

at::Tensor RmsNorm::input_gradient(const at::Tensor& x, const at::Tensor& gradient) const {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor inverse = at::rsqrt(wide.pow(2).mean(-1, /*keepdim=*/true) + eps);
  const at::Tensor weighted = gradient.to(at::kFloat) * weight.to(at::kFloat);
  const at::Tensor along = (weighted * wide).mean(-1, /*keepdim=*/true);
  return inverse * (weighted - wide * (inverse * inverse * along));
}

at::Tensor GatedMlp::output(const Inner& inner) const {
  return down(at::silu(inner.gate) * inner.up);
}

at::Tensor GatedMlp::input_gradient(const Inner& inner, const at::Tensor& gradient) const {
  const at::Tensor product = down.input_gradient(gradient);
  const at::Tensor through_up = up.input_gradient(product * at::silu(inner.gate));
  return through_up.add_(gate.input_gradient(at::silu_backward(product.mul_(inner.up), inner.gate)));
}

}  // namespace ocellus::models
