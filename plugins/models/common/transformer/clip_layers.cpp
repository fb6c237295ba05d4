#include "plugins/models/common/transformer/clip_layers.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace ocellus::models {

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {x.size(-1)}, weight, bias, eps);
}

at::Tensor LayerNorm::input_gradient(const at::Tensor& x, const at::Tensor& gradient) const {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor centred = wide - wide.mean(-1, /*keepdim=*/true);
  const at::Tensor inverse = at::rsqrt(centred.pow(2).mean(-1, /*keepdim=*/true) + eps);
  const at::Tensor normed = centred * inverse;
  const at::Tensor weighted = gradient.to(at::kFloat) * weight.to(at::kFloat);
  const at::Tensor along = (weighted * normed).mean(-1, /*keepdim=*/true);
  return inverse * (weighted - weighted.mean(-1, /*keepdim=*/true) - normed * along);
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

at::Tensor activation_gradient(const at::Tensor& x, const at::Tensor& gradient, Activation activation) {
  const at::Tensor wide = x.to(at::kFloat), of_result = gradient.to(at::kFloat);
  const auto found = [&] {
    switch (activation) {
      case Activation::gelu:
        return at::gelu_backward(of_result, wide);
      case Activation::quick_gelu: {
        const at::Tensor gate = at::sigmoid(1.702 * wide);
        return of_result * gate * (1 + 1.702 * wide * (1 - gate));
      }
      case Activation::gelu_new:
        return at::gelu_backward(of_result, wide, "tanh");
      case Activation::relu:
        break;
    }
    return at::where(wide > 0, of_result, 0.0);
  };
  return found().to(x.scalar_type());
}

at::Tensor TwoLayerMlp::input_gradient(const at::Tensor& inner, const at::Tensor& gradient) const {
  return in.input_gradient(activation_gradient(inner, out.input_gradient(gradient), activation));
}

}  // namespace ocellus::models
