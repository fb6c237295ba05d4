// Each loop against the operators that it stands for, for every kind of instructions that this processor has.
#include "plugins/models/common/transformer/simd/row_loops.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace ocellus::models::simd {

namespace {

// Whole vectors, tails, and less than one vector.
constexpr int64_t widths[] = {1, 2, 15, 16, 17, 31, 48, 100, 768, 1255};

// A kind of instructions and a type.
class RowLoopsOf : public testing::TestWithParam<std::tuple<const RowLoops*, at::ScalarType>> {
 protected:
  RowLoopsOf() { at::manual_seed(5); }

  at::ScalarType type() const { return std::get<1>(GetParam()); }
  bool is_float() const { return type() == at::kFloat; }
  at::Tensor random(at::IntArrayRef shape, double spread = 1) const { return (at::randn(shape) * spread).to(type()); }

  // f(loops of the type, null pointer of the type).
  template <class F>
  void with(const F& f) const {
    const RowLoops& loops = *std::get<0>(GetParam());
    if (is_float()) {
      f(loops.float32, static_cast<float*>(nullptr));
    } else {
      f(loops.bfloat16, static_cast<Bfloat16*>(nullptr));
    }
  }
};

template <class Pointer>
std::remove_pointer_t<Pointer>* data(const at::Tensor& x, Pointer /*of type*/) {
  return static_cast<std::remove_pointer_t<Pointer>*>(x.mutable_data_ptr());
}

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_P(RowLoopsOf, SoftmaxHidesWhatARowDoesNotSee) {
  constexpr int64_t heads = 2, rows = 5;
  for (const int64_t visible : widths) {
    for (const int64_t step : {0, 1}) {
      const int64_t keys = visible + step * (rows - 1) + 3;  // three that nobody sees
      const at::Tensor scores = random({heads, rows, keys}, 10), wide = at::full({heads, rows, keys}, 7.0f);
      at::Tensor masked = scores.to(at::kDouble) * 0.25;
      for (int64_t row = 0; row < rows; ++row)
        masked.select(1, row).narrow(-1, visible + step * row, keys - visible - step * row).fill_(-infinity);
      const at::Tensor expected = at::softmax(masked, -1);
      const at::Tensor unread = scores.clone();
      with([&](const auto& loops, auto* t) {
        std::vector<float> scratch(static_cast<size_t>(keys));
        const SoftmaxShape shape{rows, keys, visible, step, 0.25f};
        loops.softmax(data(unread, t), shape, 0, heads * rows, scratch.data(), nullptr);
        loops.softmax(data(scores, t), shape, 0, heads * rows, scratch.data(), wide.mutable_data_ptr<float>());
      });
      EXPECT_TRUE(at::equal(scores, unread));  // bit by bit, whether or not somebody reads
      EXPECT_TRUE(at::equal(scores, wide.to(type())));
      EXPECT_LE((wide.to(at::kDouble) - expected).abs().max().item<double>(), 1e-6);
      EXPECT_TRUE(at::equal(wide == 0, expected == 0));
      EXPECT_LE((wide.sum(-1) - 1).abs().max().item<double>(), 1e-6);
    }
  }
}

TEST_P(RowLoopsOf, SoftmaxStandsLargeAndEqualScores) {
  const at::Tensor scores = at::tensor({30000.0f, 30000.0f, -30000.0f, 0.0f, -0.0f}).to(type()).view({1, 1, 5});
  with([&](const auto& loops, auto* t) {
    std::vector<float> scratch(5);
    loops.softmax(data(scores, t), {1, 5, 5, 0, 1.0f}, 0, 1, scratch.data(), nullptr);
  });
  EXPECT_TRUE(at::equal(scores.view({5}).to(at::kFloat), at::tensor({0.5f, 0.5f, 0.0f, 0.0f, 0.0f})));
}

TEST_P(RowLoopsOf, SoftmaxGradientIsZeroForWhatARowDoesNotSee) {
  constexpr int64_t heads = 2, rows = 5;
  for (const int64_t visible : widths) {
    const int64_t keys = visible + rows + 2;
    const at::Tensor probabilities = at::rand({heads, rows, keys}).to(type()), gradient = random({heads, rows, keys});
    const at::Tensor along = at::randn({heads, rows});
    at::Tensor expected =
        probabilities.to(at::kDouble) * (gradient.to(at::kDouble) - along.to(at::kDouble).unsqueeze(-1)) * 0.25;
    for (int64_t row = 0; row < rows; ++row)
      expected.select(1, row).narrow(-1, visible + row, keys - visible - row).fill_(0);
    with([&](const auto& loops, auto* t) {
      const SoftmaxShape shape{rows, keys, visible, 1, 0.25f};
      loops.softmax_gradient(data(probabilities, t), data(gradient, t), along.const_data_ptr<float>(), shape, 0,
                             heads * rows);
    });
    const double tolerance = is_float() ? 1e-6 : 1e-2;
    EXPECT_TRUE(at::allclose(gradient.to(at::kDouble), expected, tolerance, tolerance));
    EXPECT_EQ(gradient.masked_select(expected == 0).abs().sum().item<float>(), 0);
  }
}

TEST_P(RowLoopsOf, RotationPairsTheHalves) {
  constexpr int64_t rows = 6, heads = 3;
  for (const int64_t half : {1, 8, 16, 20, 64}) {
    const int64_t width = 2 * half;
    const at::Tensor packed = random({rows, 3, heads, width}), x = packed.select(1, 1);
    for (const at::ScalarType table : {at::kFloat, type()}) {
      const at::Tensor cos = at::rand({rows, 1, width}).to(table), sin = at::rand({rows, 1, width}).to(table);
      const at::Tensor out = at::empty({rows, heads, width}, x.options());
      const RotationShape shape{heads, width, x.stride(0)};
      with([&](const auto& loops, auto* t) {
        if (table == type()) {
          loops.rotate(data(x, t), data(cos, t), data(sin, t), data(out, t), shape, 0, rows);
        } else {
          loops.rotate_in_float(data(x, t), cos.const_data_ptr<float>(), sin.const_data_ptr<float>(), data(out, t),
                                shape, 0, rows);
        }
      });
      const at::Tensor turned = at::cat({-x.narrow(-1, half, half), x.narrow(-1, 0, half)}, -1);
      const at::Tensor expected = (x * cos + turned * sin).to(type());
      // Float32 may fuse a product and a sum; bfloat16 is rounded by hand and must be equal where its table is too.
      if (!is_float() && table == type()) {
        EXPECT_TRUE(at::equal(out, expected));
      } else {
        const double unit = is_float() ? 2.5e-7 : 0.0079;
        EXPECT_LE((out.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>(), 4 * unit);
      }
    }
  }
}

TEST_P(RowLoopsOf, ARowIsTheSameInAnyPart) {  // promise 2: however many rows there are, and threads that share them
  constexpr int64_t rows = 9, keys = 100;
  const at::Tensor scores = random({1, rows, keys}, 3);
  const auto in_parts = [&](const std::vector<int64_t>& ends) {
    const at::Tensor softened = scores.clone();
    with([&](const auto& loops, auto* t) {
      std::vector<float> scratch(static_cast<size_t>(keys));
      int64_t first = 0;
      for (const int64_t end : ends) {
        loops.softmax(data(softened, t), {rows, keys, keys - rows + 1, 1, 0.5f}, first, end, scratch.data(), nullptr);
        first = end;
      }
    });
    return softened;
  };
  EXPECT_TRUE(at::equal(in_parts({rows}), in_parts({1, 2, 7, rows})));
}

TEST_P(RowLoopsOf, WhatIsNoNumberStaysVisible) {
  const at::Tensor scores = random({1, 2, 20});
  scores[0][1][3] = std::numeric_limits<float>::quiet_NaN();
  with([&](const auto& loops, auto* t) {
    std::vector<float> scratch(20);
    loops.softmax(data(scores, t), {2, 20, 20, 0, 1.0f}, 0, 2, scratch.data(), nullptr);
  });
  EXPECT_FALSE(at::isnan(scores[0][0]).any().item<bool>());
  EXPECT_TRUE(at::isnan(scores[0][1]).any().item<bool>());
}

std::string name_of(const testing::TestParamInfo<RowLoopsOf::ParamType>& info) {
  const auto& [loops, type] = info.param;
  return std::string(loops->instructions) + (type == at::kFloat ? "_float32" : "_bfloat16");
}

INSTANTIATE_TEST_SUITE_P(Here, RowLoopsOf,
                         testing::Combine(testing::ValuesIn(runnable_loops().begin(), runnable_loops().end()),
                                          testing::Values(at::kFloat, at::kBFloat16)),
                         name_of);

TEST(RunnableLoops, EndWithThePortableOnes) {
  EXPECT_STREQ(runnable_loops().back()->instructions, "portable");
}

}  // namespace

}  // namespace ocellus::models::simd
