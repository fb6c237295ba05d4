#include "plugins/models/common/transformer/clip_layers.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace ocellus::models {

namespace {

TEST(TwoLayerMlp, ActivatesBetweenItsLayers) {  // mistake 19
  const TwoLayerMlp mlp{
      {at::eye(2) * 2, at::zeros({2})}, {at::eye(2), at::tensor({0.5f, 0.0f})}, Activation::quick_gelu};
  const at::Tensor out = mlp(at::tensor({0.5f, -0.5f}).view({1, 2}));
  EXPECT_NEAR(out[0][0].item<double>(), 0.845796 + 0.5, 1e-6);
  EXPECT_NEAR(out[0][1].item<double>(), -0.154204, 1e-6);
}

TEST(TwoLayerMlp, GeluIsThatOfTheErrorFunction) {  // mistake 19
  EXPECT_NEAR(activate(at::ones({1}), Activation::gelu).item<float>(), 0.841345f, 1e-6);
  EXPECT_NEAR(activate(at::ones({1}), Activation::quick_gelu).item<float>(), 0.845796f, 1e-6);
}

TEST(TwoLayerMlp, ActivationsOfTextEncoders) {
  EXPECT_NEAR(activate(at::ones({1}), Activation::gelu_new).item<float>(), 0.841192f, 1e-6);
  EXPECT_NEAR(activate(at::full({1}, -0.5), Activation::gelu_new).item<float>(), -0.154286f, 1e-6);
  EXPECT_EQ(activate(at::full({1}, -0.5), Activation::relu).item<float>(), 0);
  EXPECT_EQ(activate(at::full({1}, 0.5), Activation::relu).item<float>(), 0.5);
}

TEST(TwoLayerMlp, RoundsAfterEveryOperation) {
  const Linear identity(at::eye(256).to(at::kBFloat16), at::zeros({256}).to(at::kBFloat16));
  const at::Tensor x = at::linspace(-4, 4, 256).to(at::kBFloat16).view({1, 256});
  const at::Tensor rounded = x * at::sigmoid((1.702 * x).to(at::kBFloat16)).to(at::kBFloat16);
  EXPECT_TRUE(at::equal(TwoLayerMlp{identity, identity, Activation::quick_gelu}(x), rounded));
}

TEST(LayerNorm, CentresAndScalesEachRow) {
  const LayerNorm norm{at::tensor({2.0f, 1.0f}), at::tensor({0.0f, 10.0f}), 1e-6};
  const at::Tensor out = norm(at::tensor({1.0f, 3.0f, -5.0f, -5.0f}).view({2, 2}));
  EXPECT_NEAR(out[0][0].item<double>(), -2, 1e-5);
  EXPECT_NEAR(out[0][1].item<double>(), 11, 1e-5);
  EXPECT_NEAR(out[1][0].item<double>(), 0, 1e-5);  // no variance: eps keeps it finite
  EXPECT_NEAR(out[1][1].item<double>(), 10, 1e-5);
}

// Of sum(f(x) * gradient) by libtorch's autograd, in float64.
template <class F>
at::Tensor autograd(const at::Tensor& x, const at::Tensor& gradient, const F& f) {
  const at::Tensor leaf = x.to(at::kDouble).detach().requires_grad_();
  (f(leaf) * gradient.to(at::kDouble)).sum().backward();
  return leaf.grad().to(at::kFloat);
}

TEST(LayerNorm, GoesBackAsAutograd) {
  at::manual_seed(1);
  const at::Tensor x = at::randn({5, 12}) * 3 + 1, gradient = at::randn({5, 12});
  const LayerNorm norm{at::randn({12}), at::randn({12}), 1e-3};
  const at::Tensor expected = autograd(x, gradient, [&](const at::Tensor& at) {
    return at::layer_norm(at, {12}, norm.weight.to(at::kDouble), norm.bias.to(at::kDouble), norm.eps);
  });
  EXPECT_TRUE(at::allclose(norm.input_gradient(x, gradient), expected, 1e-5, 1e-6));
}

TEST(TwoLayerMlp, GoesBackAsAutogradWithEveryActivation) {
  at::manual_seed(2);
  const at::Tensor x = at::randn({6, 4}), gradient = at::randn({6, 5});
  const at::Tensor in = at::randn({7, 4}), in_bias = at::randn({7}), out = at::randn({5, 7}), out_bias = at::randn({5});
  for (const Activation activation :
       {Activation::gelu, Activation::quick_gelu, Activation::gelu_new, Activation::relu}) {
    const TwoLayerMlp mlp{{in.clone(), in_bias}, {out.clone(), out_bias}, activation};
    // What activate() has of its own works in place, which autograd does not follow.
    const auto activated = [&](const at::Tensor& y) {
      return activation == Activation::gelu_new ? at::gelu(y, "tanh") : activate(y, activation);
    };
    const at::Tensor expected = autograd(x, gradient, [&](const at::Tensor& at) {
      return at::linear(activated(at::linear(at, in.to(at::kDouble), in_bias.to(at::kDouble))), out.to(at::kDouble),
                        out_bias.to(at::kDouble));
    });
    EXPECT_TRUE(at::allclose(mlp.input_gradient(mlp.inner(x), gradient), expected, 1e-4, 1e-5))
        << static_cast<int>(activation);
  }
}

}  // namespace

}  // namespace ocellus::models
