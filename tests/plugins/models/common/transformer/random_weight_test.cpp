#include "plugins/models/common/transformer/random_weight.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "plugins/models/common/noise/normal.hpp"

namespace ocellus::models {

namespace {

constexpr int64_t rows = 301, cols = 331;  // several parts of a sum, and a last block that is not whole

TensorView stored(const at::Tensor& tensor, DType dtype) {
  const auto owner = std::make_shared<const at::Tensor>(tensor.contiguous());
  return {"w", dtype, owner->sizes().vec(),
          std::span(static_cast<const std::byte*>(owner->const_data_ptr()), owner->nbytes()), owner};
}

at::Tensor learned() {
  at::manual_seed(3);
  return at::rand({rows, cols}) * 0.5 + 2;  // not normal, and not around 0
}

TEST(RandomWeight, KeepsShapeMeanAndStandardDeviation) {
  const at::Tensor before = learned();
  const at::Tensor after = random_weight(stored(before, DType::f32), at::kFloat, 7);
  ASSERT_EQ(after.sizes(), before.sizes());
  EXPECT_NEAR(after.mean().item<double>(), before.mean().item<double>(), 2e-3);
  EXPECT_NEAR(after.std().item<double>(), before.std().item<double>(), 2e-3);
  EXPECT_LT(at::corrcoef(at::stack({before.flatten(), after.flatten()}))[0][1].item<double>(), 0.02);
}

TEST(RandomWeight, IsTheMeanAndSoMuchOfANormalNumber) {
  const at::Tensor before = at::tensor({1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f});
  const at::Tensor after = random_weight(stored(before, DType::f32), at::kFloat, 7);
  const double deviation = std::sqrt(35.0 / 12);  // of the six values themselves
  for (int64_t i = 0; i < before.numel(); ++i) {
    const auto block = normal_block(7, 0, static_cast<uint64_t>(i) / normals_of_block);
    const double normal = block[static_cast<size_t>(i) % normals_of_block];
    EXPECT_FLOAT_EQ(after[i].item<float>(), static_cast<float>(3.5 + deviation * normal)) << i;
  }
}

TEST(RandomWeight, IsTheSameForTheSameSeedOnHoweverManyThreads) {
  const TensorView weight = stored(learned(), DType::f32);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor alone = random_weight(weight, at::kFloat, 7);
  at::set_num_threads(4);
  const at::Tensor together = random_weight(weight, at::kFloat, 7);
  at::set_num_threads(threads);
  EXPECT_TRUE(alone.equal(together));
  EXPECT_FALSE(alone.equal(random_weight(weight, at::kFloat, 8)));
}

TEST(RandomWeight, IsRoundedToTheRunsTypeWhateverItIsStoredIn) {
  const at::Tensor half = learned().to(at::kBFloat16);
  const at::Tensor wide = random_weight(stored(half.to(at::kFloat), DType::f32), at::kFloat, 7);
  for (const at::ScalarType type : {at::kBFloat16, at::kHalf, at::kFloat}) {
    const at::Tensor narrow = random_weight(stored(half, DType::bf16), type, 7);
    EXPECT_EQ(narrow.scalar_type(), type);
    EXPECT_TRUE(narrow.equal(wide.to(type)));
  }
  EXPECT_TRUE(random_weight(stored(half.to(at::kDouble), DType::f64), at::kFloat, 7).equal(wide));
}

TEST(RandomWeight, LeavesTheStoredOneAlone) {
  const at::Tensor before = learned();
  const at::Tensor copy = before.clone();
  random_weight(stored(before, DType::f32), at::kFloat, 7);
  EXPECT_TRUE(before.equal(copy));
}

TEST(RandomWeight, OfEqualValuesIsThatValue) {
  EXPECT_TRUE(random_weight(stored(at::ones({5}), DType::f32), at::kFloat, 7).equal(at::ones({5})));
}

}  // namespace

}  // namespace ocellus::models
