#include "plugins/models/common/transformer/products.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "plugins/models/common/transformer/layers.hpp"

namespace ocellus::models {

namespace {

struct Sizes {
  int64_t rows, in, out;
};

class Products : public testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override {
    at::manual_seed(7);
    if (products::library_for(GetParam()) != products::Library::onednn) {
      GTEST_SKIP() << "libtorch's own products are taken here";
    }
  }
  // The same product in double of the same inputs. A sum of some hundred products is rounded as often in float32, a
  // bfloat16 result once more.
  static void expect_near(const at::Tensor& values, const at::Tensor& expected) {
    const double unit = GetParam() == at::kFloat ? 5e-6 : 0.004;
    const at::Tensor allowed = unit * (expected.abs() + expected.abs().mean());
    const at::Tensor off = (values.to(at::kDouble) - expected).abs() / allowed;
    EXPECT_LE(off.max().item<double>(), 1) << expected.sizes();
  }
};

TEST_P(Products, AgreeWithTheDefinition) {
  for (const auto& [rows, in, out] : {Sizes{1, 64, 32}, Sizes{1, 768, 3072}, Sizes{7, 100, 33}, Sizes{300, 768, 256},
                                      Sizes{5, 1, 1}, Sizes{129, 17, 130}}) {
    const at::Tensor x = at::randn({rows, in}).to(GetParam()), weight = at::randn({out, in}).to(GetParam());
    const at::Tensor bias = at::randn({out}).to(GetParam()), packed = products::pack(weight);
    const at::Tensor expected = at::mm(x.to(at::kDouble), weight.to(at::kDouble).t());
    expect_near(products::linear(x, packed, at::Tensor()), expected);
    expect_near(products::linear(x, packed, bias), expected + bias.to(at::kDouble));
    expect_near(products::with_transposed(x, weight), expected);
    // A weight whose columns lie one after another, as values do in attention.
    expect_near(products::with_transposed(x, weight.t().contiguous().t()), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, Products, testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& type) { return type.param == at::kFloat ? "float32" : "bfloat16"; });

TEST(ProductLibrary, OfATypeWithoutPackedWeightsIsLibtorch) {
  EXPECT_EQ(products::library_for(at::kHalf), products::Library::libtorch);
  EXPECT_EQ(products::description(at::kHalf), "libtorch");
}

// Every type takes one of the two ways.
TEST(Linear, IsTheProductWithTheTransposedWeight) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kHalf, at::kDouble}) {
    at::manual_seed(3);
    const at::Tensor x = at::randn({9, 40}).to(type), weight = at::randn({24, 40}).to(type);
    const at::Tensor bias = at::randn({24}).to(type);
    const Linear linear(weight, bias);
    const at::Tensor expected = at::linear(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble));
    const at::Tensor first = linear(x), second = linear(x);
    EXPECT_TRUE(at::equal(first, second));
    EXPECT_EQ(first.scalar_type(), type);
    const double allowed = type == at::kBFloat16 ? 0.15 : type == at::kHalf ? 0.02 : 1e-5;
    EXPECT_LE((first.to(at::kDouble) - expected).abs().max().item<double>(), allowed);
    EXPECT_EQ(linear.in_features(), 40);
  }
}

TEST(Linear, HoldsAPackedWeightOnceOnly) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const at::Tensor x = at::ones({2, 16}, type), values = at::ones({8, 16}, type);
    bool is_gone = false;
    const Linear linear(at::from_blob(
                            values.mutable_data_ptr(), {8, 16}, [&](void*) { is_gone = true; }, type),
                        at::Tensor());
    EXPECT_FALSE(is_gone);
    linear(x);
    EXPECT_EQ(is_gone, products::library_for(type) == products::Library::onednn);
  }
}

}  // namespace

}  // namespace ocellus::models
