#include "plugins/methods/relevancy/relevance.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/support/refusal.hpp"

namespace ocellus::methods {
namespace {

constexpr int64_t n_tokens = 7;
constexpr size_t n_heads = 2;

using Matrix = std::array<std::array<double, n_tokens>, n_tokens>;

// Attention and gradients of one layer, [heads, rows, keys], causal.
struct Layer {
  std::vector<float> attention, gradient;

  explicit Layer(uint32_t seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> share(0, 1), slope(-1, 1);
    for (size_t i = 0; i < n_heads * n_tokens * n_tokens; ++i) {
      const bool is_seen = static_cast<int64_t>(i % n_tokens) <= static_cast<int64_t>(i / n_tokens % n_tokens);
      attention.push_back(is_seen ? share(random) : 0.0f);
      gradient.push_back(is_seen ? slope(random) : 0.0f);
    }
  }

  // Rule 5.
  Matrix weighted() const {
    Matrix found{};
    for (size_t i = 0; i < attention.size(); ++i) {
      const double value = static_cast<double>(attention[i]) * static_cast<double>(gradient[i]);
      if (value > 0) found[i / n_tokens % n_tokens][i % n_tokens] += value / n_heads;
    }
    return found;
  }

  void give(Relevance& relevance, int32_t layer, const std::vector<int64_t>& rows, int64_t keys = n_tokens) const {
    std::vector<float> values;
    for (const std::vector<float>* half : {&attention, &gradient}) {
      for (size_t head = 0; head < n_heads; ++head) {
        for (const int64_t row : rows) {
          for (int64_t key = 0; key < keys; ++key)
            values.push_back(
                (*half)[(head * n_tokens + static_cast<size_t>(row)) * n_tokens + static_cast<size_t>(key)]);
        }
      }
    }
    const std::vector<int64_t> heads{0, 1};
    std::vector<int64_t> numbers;
    for (int64_t key = 0; key < keys; ++key) numbers.push_back(key);
    const TensorPointer tensor = make_tensor(values, {2, int64_t{n_heads}, static_cast<int64_t>(rows.size()), keys});
    oc_capture raw{};
    raw.struct_size = sizeof raw;
    raw.layer = layer;
    raw.heads = heads.data(), raw.n_heads = heads.size();
    raw.rows = rows.data(), raw.n_rows = rows.size();
    raw.keys = numbers.data(), raw.n_keys = numbers.size();
    raw.tensor = tensor.get();
    relevance.add(Capture(&raw));
  }
};

// Rule 6 as it is written, from the first layer to the last, over whole matrices.
Matrix through(const std::vector<Layer>& layers) {
  Matrix found{};
  for (size_t i = 0; i < n_tokens; ++i) found[i][i] = 1;
  for (const Layer& layer : layers) {
    const Matrix weighted = layer.weighted(), before = found;
    for (size_t i = 0; i < n_tokens; ++i) {
      for (size_t k = 0; k < n_tokens; ++k) {
        for (size_t j = 0; j < n_tokens; ++j) found[i][j] += weighted[i][k] * before[k][j];
      }
    }
  }
  return found;
}

class RelevanceTest : public testing::Test {
 protected:
  const std::vector<Layer> layers_{Layer(1), Layer(2), Layer(3)};
};

TEST_F(RelevanceTest, RowByRowFromTheTopIsTheProductOfWholeMatricesFromTheBottom) {
  Relevance relevance(Relevance::Way::through_layers, {4, 5});
  for (int32_t layer = 2; layer >= 0; --layer) {
    // Blocks of rows as a model makes them.
    layers_[static_cast<size_t>(layer)].give(relevance, layer, {0, 1, 2, 3});
    layers_[static_cast<size_t>(layer)].give(relevance, layer, {4, 5});
  }
  const Matrix expected = through(layers_);
  const std::vector<double> found = relevance.through_layers();
  ASSERT_EQ(found.size(), static_cast<size_t>(n_tokens));
  for (size_t token = 0; token < n_tokens; ++token) {
    const double identity = token == 4 || token == 5 ? 0.5 : 0;
    EXPECT_NEAR(found[token], (expected[4][token] + expected[5][token]) / 2 - identity, 1e-9) << token;
  }
  EXPECT_TRUE(relevance.has_gradient());
}

TEST_F(RelevanceTest, LayersThatDoNotComeCountAsTheIdentity) {
  Relevance relevance(Relevance::Way::through_layers, {5});
  layers_[2].give(relevance, 2, {0, 1, 2, 3, 4, 5});
  layers_[0].give(relevance, 0, {0, 1, 2, 3, 4, 5});
  const Matrix expected = through({layers_[0], layers_[2]});
  for (size_t token = 0; token < 5; ++token) EXPECT_NEAR(relevance.through_layers()[token], expected[5][token], 1e-9);
}

TEST_F(RelevanceTest, OfEachLayerItIsTheMeanOverTheRows) {
  Relevance relevance(Relevance::Way::each_layer, {4, 6});
  for (int32_t layer = 2; layer >= 0; --layer) layers_[static_cast<size_t>(layer)].give(relevance, layer, {4, 6});
  for (int64_t layer = 0; layer < 3; ++layer) {
    const Matrix weighted = layers_[static_cast<size_t>(layer)].weighted();
    for (size_t token = 0; token < n_tokens; ++token)
      EXPECT_NEAR(relevance.in_layer(layer)[token], (weighted[4][token] + weighted[6][token]) / 2, 1e-9);
  }
}

TEST_F(RelevanceTest, GradientsAreTakenInUnits) {
  const auto rows = {0, 1, 2, 3, 4, 5};
  Relevance in_halves(Relevance::Way::through_layers, {5}, 0.5);
  std::vector<Layer> twice = layers_;
  Relevance ones(Relevance::Way::through_layers, {5});
  for (int32_t layer = 2; layer >= 0; --layer) {
    Layer& doubled = twice[static_cast<size_t>(layer)];
    for (float& slope : doubled.gradient) slope *= 2;
    layers_[static_cast<size_t>(layer)].give(in_halves, layer, {rows.begin(), rows.end()});
    doubled.give(ones, layer, {rows.begin(), rows.end()});
  }
  for (size_t token = 0; token < n_tokens; ++token)
    EXPECT_NEAR(in_halves.through_layers()[token], ones.through_layers()[token], 1e-9);
}

TEST_F(RelevanceTest, NoGradientIsTold) {
  Layer silent(4);
  std::fill(silent.gradient.begin(), silent.gradient.end(), 0.0f);
  Relevance relevance(Relevance::Way::each_layer, {4});
  layers_[1].give(relevance, 1, {4});
  silent.give(relevance, 0, {4});
  EXPECT_TRUE(relevance.has_gradient(1));
  EXPECT_FALSE(relevance.has_gradient(0));
  EXPECT_EQ(relevance.in_layer(0), std::vector<double>(n_tokens, 0.0));
}

TEST_F(RelevanceTest, WhatAModelMustNotDoIsItsFault) {
  const auto through_rows = [] { return Relevance(Relevance::Way::through_layers, {2}); };
  Relevance upwards = through_rows(), gap = through_rows(), short_one = through_rows(), few_keys = through_rows(),
            nothing = through_rows();
  const std::vector<int64_t> rows{0, 1, 2};
  layers_[0].give(upwards, 0, rows);
  EXPECT_EQ(test::refusal_of([&] { layers_[1].give(upwards, 1, rows); }).status, OC_E_INTERNAL);
  EXPECT_EQ(test::refusal_of([&] { layers_[0].give(gap, 0, {0, 2}); }).status, OC_E_INTERNAL);
  layers_[1].give(short_one, 1, {0, 1});
  EXPECT_EQ(test::refusal_of([&] { layers_[0].give(short_one, 0, rows); }).status, OC_E_INTERNAL);
  EXPECT_EQ(test::refusal_of([&] { (void)short_one.through_layers(); }).status, OC_E_INTERNAL);
  EXPECT_EQ(test::refusal_of([&] { layers_[0].give(few_keys, 0, rows, 2); }).status, OC_E_INTERNAL);
  EXPECT_EQ(test::refusal_of([&] { (void)nothing.through_layers(); }).status, OC_E_INTERNAL);
}

}  // namespace
}  // namespace ocellus::methods
