// Gradients in attention against those that transformers and autograd give (tests/data/relevancy), and what must not
// change them.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/models/support/gradient_case.hpp"

namespace ocellus::test {

namespace {

// Every layer, head and row that counts for the targets.
GradientWish with_attention(const GradientCase& of, std::vector<oc_target_token> targets) {
  GradientWish wish = of.wish();
  wish.layers = {};
  wish.targets = std::move(targets);
  wish.attention_layers = up_to(of.layers);
  wish.attention_heads = up_to(of.model->stacks()[0].n_heads);
  wish.attention_rows = up_to(wish.targets.back().row + 1);
  return wish;
}

GradientWish with_attention(const GradientCase& of) {
  return with_attention(of, of.wish().targets);
}

std::vector<std::string> whole_cases() {
  std::vector<std::string> names = cases_of_tested_model("relevancy");
  std::erase_if(names, [](const std::string& name) { return !ModelFixture("relevancy", name).has("attention"); });
  return names;
}

// A row of `name` [L, H, N(N+1)/2] of the fixture, the keys up to the row.
std::span<const float> expected_row(const GradientCase& of, const std::string& name, int64_t layer, int64_t head,
                                    int64_t row) {
  const NpyArray& array = of.fixture.expected(name);
  const int64_t at = (layer * array.shape[1] + head) * array.shape[2] + row * (row + 1) / 2;
  return array.as<float>().subspan(static_cast<size_t>(at), static_cast<size_t>(row + 1));
}

void expect_parity(GradientCase& of, const GradientWish& wish, const std::string& target) {
  const std::string name = "attention_gradient_" + target;
  const auto found = of.run(wish);
  const double gate = 1e-4 * of.fixture.largest_value(name);
  const size_t n_keys = wish.attention_rows.size();
  for (const int64_t layer : wish.attention_layers) {
    const auto& rows = found->attention.at({0, layer});
    ASSERT_EQ(rows.size(), wish.attention_rows.size());
    for (const auto& [row, kept] : rows) {
      ASSERT_EQ(kept.keys, up_to(static_cast<int64_t>(n_keys)));
      for (const int64_t head : kept.heads) {
        const size_t begin = static_cast<size_t>(head) * n_keys, seen = static_cast<size_t>(row) + 1;
        const std::span<const float> attention(kept.probabilities), gradient(kept.gradients);
        EXPECT_LE(largest_difference(attention.subspan(begin, seen), expected_row(of, "attention", layer, head, row)),
                  of.fixture.tolerance("attention", 2e-6))
            << "layer " << layer << " head " << head << " row " << row;
        EXPECT_LE(largest_difference(gradient.subspan(begin, seen), expected_row(of, name, layer, head, row)),
                  of.fixture.tolerance(name, gate))
            << "layer " << layer << " head " << head << " row " << row;
        // Behind itself a row sees nothing.
        EXPECT_EQ(largest_of(attention.subspan(begin + seen, n_keys - seen)), 0);
        EXPECT_EQ(largest_of(gradient.subspan(begin + seen, n_keys - seen)), 0);
      }
    }
  }
}

class AttentionGradientsOf : public testing::TestWithParam<std::string> {};

TEST_P(AttentionGradientsOf, LogitsAreThoseOfAutograd) {
  GradientCase of("relevancy", GetParam());
  expect_parity(of, with_attention(of), "logits");
}

TEST_P(AttentionGradientsOf, LogProbabilitiesAreThoseOfAutograd) {
  GradientCase of("relevancy", GetParam());
  GradientWish wish = with_attention(of);
  wish.score = OC_SCORE_LOG_PROBABILITY;
  expect_parity(of, wish, "log_probabilities");
}

INSTANTIATE_TEST_SUITE_P(Cases, AttentionGradientsOf, testing::ValuesIn(whole_cases()),
                         [](const auto& each) { return each.param; });

TEST(AttentionGradientOfOneToken, IsThatOfAutogradAndOfItsOwnRowInTheLastLayer) {
  int compared = 0;
  for (const std::string& name : whole_cases()) {
    GradientCase of("relevancy", name);
    if (!of.fixture.has("score_token_1")) continue;
    const oc_target_token second = of.wish().targets.at(1);
    const GradientWish wish = with_attention(of, {second});
    const auto found = of.run(wish);
    for (const auto& [row, kept] : found->attention.at({0, of.layers - 1}))
      EXPECT_EQ(largest_of(kept.gradients) > 0, row == second.row) << row;
    for (const auto& [row, kept] : found->attention.at({0, 0})) {
      const std::span<const float> gradient(kept.gradients);
      for (const int64_t head : kept.heads) {
        EXPECT_LE(largest_difference(
                      gradient.subspan(static_cast<size_t>(head) * kept.keys.size(), static_cast<size_t>(row) + 1),
                      expected_row(of, "attention_gradient_token_1", 0, head, row)),
                  1e-4 * of.fixture.largest_value("attention_gradient_token_1"));
      }
    }
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

// One case of two pictures, for what must not change a number.
class AttentionGradientPromises : public testing::Test {
 protected:
  AttentionGradientPromises() : of_("gradients", gradient_case_of_two_images()) {}
  // Of the first draw alone.
  GradientWish of_one_draw() const {
    GradientWish wish = with_attention(of_);
    wish.draws.resize(1);
    return wish;
  }
  GradientCase of_;
};

TEST_F(AttentionGradientPromises, WhatIsComputedAgainForLackOfMemoryIsTheSameBitwise) {
  GradientWish wish = of_one_draw();
  const auto kept = of_.run(wish);
  wish.memory = 1;
  const auto again = of_.run(wish);
  ASSERT_EQ(kept->attention.size(), static_cast<size_t>(of_.layers));
  for (const auto& [key, rows] : kept->attention) {
    for (const auto& [row, attention] : rows) {
      EXPECT_EQ(attention.probabilities, again->attention.at(key).at(row).probabilities);
      EXPECT_EQ(attention.gradients, again->attention.at(key).at(row).gradients);
    }
  }
}

TEST_F(AttentionGradientPromises, GradientsOfTheStreamDoNotChangeBesideThem) {
  const GradientWish alone = of_.wish();
  GradientWish both = with_attention(of_);
  both.layers = alone.layers;
  const auto without = of_.run(alone), with = of_.run(both);
  for (const auto& [key, layer] : without->layers) EXPECT_EQ(layer.gradient, with->layers.at(key).gradient);
}

TEST_F(AttentionGradientPromises, LayersHeadsRowsAndKeysAreThoseAskedFor) {
  const GradientWish all = of_one_draw();
  GradientWish some = all;
  some.attention_layers = {of_.layers - 1};
  some.attention_heads = {1, 3};
  some.attention_rows = {all.attention_rows.back() - 2, all.attention_rows.back()};
  some.attention_keys = of_.image_tokens;
  const auto everything = of_.run(all), part = of_.run(some);
  ASSERT_EQ(part->attention.size(), 1u);
  const auto& rows = part->attention.at({0, of_.layers - 1});
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& [row, kept] : rows) {
    EXPECT_EQ(kept.heads, some.attention_heads);
    EXPECT_EQ(kept.keys, some.attention_keys);
    const KeptAttentionGradient& from = everything->attention.at({0, of_.layers - 1}).at(row);
    for (size_t head = 0; head < kept.heads.size(); ++head) {
      for (size_t key = 0; key < kept.keys.size(); ++key) {
        const size_t at = head * kept.keys.size() + key,
                     place =
                         static_cast<size_t>(kept.heads[head]) * from.keys.size() + static_cast<size_t>(kept.keys[key]);
        EXPECT_EQ(kept.probabilities[at], from.probabilities[place]);
        EXPECT_EQ(kept.gradients[at], from.gradients[place]);
      }
    }
  }
}

TEST_F(AttentionGradientPromises, PiecesComeFromTheTopLayerAndTheFirstRow) {
  const GradientWish wish = of_one_draw();
  const auto found = of_.run(wish);
  std::vector<std::pair<int64_t, int64_t>> expected;
  for (int64_t layer = of_.layers - 1; layer >= 0; --layer) {
    for (const int64_t row : wish.attention_rows) expected.emplace_back(layer, row);
  }
  EXPECT_EQ(found->attention_order, expected);
  EXPECT_LE(found->most_rows, 128u);
}

TEST_F(AttentionGradientPromises, TheirBlocksArePlannedFor) {
  GradientWish without = of_.wish(), with = with_attention(of_);
  with.layers = without.layers;
  without.memory = with.memory = 1;
  EXPECT_GT(cost_of_gradients(of_.gradients(), *of_.prepared, with).activation_bytes,
            cost_of_gradients(of_.gradients(), *of_.prepared, without).activation_bytes);
}

}  // namespace

}  // namespace ocellus::test
