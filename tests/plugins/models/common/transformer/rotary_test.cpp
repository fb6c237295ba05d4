#include "plugins/models/common/transformer/rotary.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace ocellus::models {

namespace {

TEST(InverseFrequencies, FallGeometrically) {
  const at::Tensor frequencies = inverse_frequencies(8, 10000);
  ASSERT_EQ(frequencies.sizes(), at::IntArrayRef({4}));
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(frequencies[i].item<double>(), std::pow(10000, -static_cast<double>(i) / 4), 1e-8);
  }
}

TEST(RotaryTable, PairsElementsHalfAHeadApart) {  // mistake 11
  const at::Tensor angles = at::tensor({0.0f, static_cast<float>(M_PI / 2)}).view({1, 2});
  const RotaryTable table = RotaryTable::of(angles, at::kFloat);
  const at::Tensor x = at::tensor({1.0f, 2.0f, 3.0f, 4.0f}).view({1, 1, 4});
  // Elements 0 and 2 stay; 1 and 3 turn by a quarter: (2, 4) becomes (-4, 2).
  const at::Tensor expected = at::tensor({1.0f, -4.0f, 3.0f, 2.0f}).view({1, 1, 4});
  EXPECT_TRUE(at::allclose(table.rotate(x), expected, 1e-6, 1e-6));
}

TEST(RotaryTable, TheInverseTurnsBack) {
  const RotaryTable table = RotaryTable::of(at::rand({3, 4}), at::kFloat);
  const at::Tensor x = at::randn({3, 2, 8});
  EXPECT_TRUE(at::allclose(table.inverse().rotate(table.rotate(x)), x, 1e-5, 1e-6));
}

TEST(RotaryTable, AFloat32TableRotatesBfloat16InFloat32) {  // mistake 11
  const at::Tensor angles = at::rand({3, 4});
  const at::Tensor x = at::randn({3, 2, 8}).to(at::kBFloat16);
  const RotaryTable table = RotaryTable::of(angles, at::kFloat);
  const at::Tensor rotated = table.rotate(x);
  EXPECT_EQ(rotated.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::equal(rotated, table.rotate(x.to(at::kFloat)).to(at::kBFloat16)));
}

TEST(RotaryTable, ABfloat16TableRotatesInBfloat16) {
  const RotaryTable table = RotaryTable::of(at::rand({3, 4}), at::kBFloat16);
  EXPECT_EQ(table.rotate(at::randn({3, 2, 8}).to(at::kBFloat16)).scalar_type(), at::kBFloat16);
}

}  // namespace

}  // namespace ocellus::models
