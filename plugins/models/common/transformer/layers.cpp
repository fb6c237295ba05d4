#include "plugins/models/common/transformer/layers.hpp"

#include <ATen/ATen.h>

#include <utility>

#include "plugins/models/common/transformer/memory.hpp"
#include "plugins/models/common/transformer/products.hpp"
#include "plugins/models/common/transformer/row_kernels.hpp"

namespace ocellus::models {

Linear::Linear(at::Tensor weight, at::Tensor bias)
    : weight_(std::move(weight)), bias_(std::move(bias)), in_features_(weight_.size(1)) {}

at::Tensor Linear::operator()(const at::Tensor& x) const {
  if (weight_.defined()) {
    if (products::library_for(weight_.options()) == products::Library::libtorch) return at::linear(x, weight_, bias_);
    const MappingsOfTheirOwn stays;
    packed_ = products::pack(weight_);
    weight_.reset();
  }
  return products::linear(x, packed_, bias_);
}

at::Tensor RmsNorm::operator()(const at::Tensor& x) const {
  if (row_kernels::take(x)) return row_kernels::rms_norm(x, weight, eps);
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor mean_square = wide.pow(2).mean(-1, /*keepdim=*/true);
  return weight * (wide * at::rsqrt(mean_square + eps)).to(x.scalar_type());
}

at::Tensor GatedMlp::operator()(const at::Tensor& x) const {
  const at::Tensor opened = gate(x);
  if (!row_kernels::take(opened)) return down(at::silu(opened) * up(x));
  row_kernels::gate_by_silu(opened, up(x));
  return down(opened);
}

}  // namespace ocellus::models
