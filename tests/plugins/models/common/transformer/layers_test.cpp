#include "plugins/models/common/transformer/layers.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "plugins/models/common/transformer/weight_tensor.hpp"
#include "plugins/models/common/weights/checkpoint.hpp"
#include "tests/support/npz.hpp"

namespace ocellus::models {

namespace {

// A numpy array of bfloat16 bits.
at::Tensor bfloat16(const test::NpyArray& array) {
  const auto bits = array.as<uint16_t>();
  return at::from_blob(const_cast<uint16_t*>(bits.data()), array.shape, at::kBFloat16).clone();
}

TEST(RmsNorm, CastsBeforeTheWeightInBfloat16) {  // mistake 15
  const std::filesystem::path folder = std::filesystem::path(OCELLUS_TEST_DATA) / "qwen2_5_vl" / "bf16";
  const Checkpoint checkpoint = Checkpoint::open(folder / "model");
  const TensorView* weight = checkpoint.find("model.norm.weight");
  ASSERT_NE(weight, nullptr);
  const RmsNorm norm{weight_tensor(*weight, at::kBFloat16), 1e-6};
  const auto arrays = test::read_npz(folder / "expected.npz");
  const at::Tensor x = bfloat16(arrays.at("rms_norm_input_bf16"));
  const at::Tensor expected = bfloat16(arrays.at("rms_norm_output_bf16"));
  EXPECT_TRUE(at::equal(norm(x), expected));
}

TEST(RmsNorm, EpsCountsWhereActivationsAreSmall) {  // mistake 14
  const at::Tensor x = at::full({1, 4}, 1e-3);
  const auto value = [&](double eps) { return RmsNorm{at::ones({4}), eps}(x)[0][0].item<double>(); };
  EXPECT_NEAR(value(1e-6), 1e-3 / std::sqrt(2e-6), 1e-6);
  EXPECT_NEAR(value(1e-5), 1e-3 / std::sqrt(1.1e-5), 1e-6);
}

TEST(GatedMlp, MultipliesTheSiluOfTheGate) {  // mistake 19
  const at::Tensor one = at::ones({1, 1});
  const GatedMlp mlp{{one, {}}, {one * 3, {}}, {one * 2, at::full({1}, 10.0)}};
  EXPECT_NEAR(mlp(one).item<double>(), 2 * 3 * 0.731059 + 10, 1e-5);
}

TEST(Linear, HasABiasOnlyWhereThereIsOne) {
  const at::Tensor weight = at::tensor({1.0f, 2.0f}).view({1, 2}), x = at::tensor({3.0f, 4.0f}).view({1, 2});
  EXPECT_EQ((Linear{weight, {}}(x).item<float>()), 11);
  EXPECT_EQ((Linear{weight, at::full({1}, 5.0)}(x).item<float>()), 16);
}

// Of sum(f(x) * gradient) by libtorch's autograd.
template <class F>
at::Tensor autograd(const at::Tensor& x, const at::Tensor& gradient, const F& f) {
  const at::Tensor leaf = x.detach().requires_grad_();
  (f(leaf) * gradient).sum().backward();
  return leaf.grad();
}

TEST(Linear, LeadsAGradientBackPackedOrNot) {
  at::manual_seed(1);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const at::Tensor weight = at::randn({40, 24}).to(type), x = at::randn({7, 24}).to(type);
    const at::Tensor gradient = at::randn({7, 40}).to(type), expected = at::matmul(gradient, weight);
    const Linear layer{weight, {}};
    const double tolerance = type == at::kFloat ? 1e-5 : 5e-2;
    EXPECT_TRUE(at::allclose(layer.input_gradient(gradient), expected, tolerance, tolerance));
    layer(x);
    EXPECT_TRUE(at::allclose(layer.input_gradient(gradient), expected, tolerance, tolerance));
    const at::Tensor rows = at::tensor({3, 0, 39}, at::kLong);
    EXPECT_TRUE(at::equal(layer.weight_rows(rows), weight.index_select(0, rows)));
  }
}

TEST(RmsNorm, LeadsAGradientBack) {
  at::manual_seed(2);
  const RmsNorm norm{at::randn({16}), 1e-6};
  const at::Tensor x = at::randn({5, 16}), gradient = at::randn({5, 16});
  const at::Tensor expected = autograd(x, gradient, [&](const at::Tensor& at) { return norm(at); });
  EXPECT_TRUE(at::allclose(norm.input_gradient(x, gradient), expected, 1e-5, 1e-6));
}

TEST(GatedMlp, LeadsAGradientBack) {
  at::manual_seed(3);
  const at::Tensor gate = at::randn({12, 8}), up = at::randn({12, 8}), down = at::randn({8, 12});
  const GatedMlp mlp{{gate, {}}, {up, {}}, {down, {}}};
  const at::Tensor x = at::randn({5, 8}), gradient = at::randn({5, 8});
  const at::Tensor expected = autograd(x, gradient, [&](const at::Tensor& at) {
    return at::linear(at::silu(at::linear(at, gate)) * at::linear(at, up), down);
  });
  EXPECT_TRUE(at::allclose(mlp.input_gradient(mlp.inner(x), gradient), expected, 1e-4, 1e-5));
}

}  // namespace

}  // namespace ocellus::models
