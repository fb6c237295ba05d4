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

}  // namespace

}  // namespace ocellus::models
