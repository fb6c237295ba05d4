// Gradients against those that transformers and autograd give (tests/data/gradients), and what must not change them.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "tests/plugins/models/support/gradient_case.hpp"

namespace ocellus::test {

namespace {

void expect_parity(GradientCase& of, const GradientWish& wish, const std::string& target) {
  const auto found = of.run(wish);
  const double gradient_gate = 1e-4 * of.fixture.largest_value("gradient_" + target);
  const double activation_gate = 1e-5 * of.fixture.largest_value("activation");
  for (uint32_t draw = 0; draw < std::max<size_t>(1, of.draws); ++draw) {
    double score = 0;
    for (const float token : found->scores.at(draw)) score += static_cast<double>(token);
    EXPECT_NEAR(score, static_cast<double>(of.fixture.expected("score_" + target).as<float>()[draw]),
                of.fixture.tolerance("score_" + target, 1e-5 * of.fixture.largest_value("score_" + target)));
    for (int64_t site = 0; site <= of.layers; ++site) {
      const KeptGradient& layer = found->layers.at({draw, site});
      EXPECT_LE(largest_difference(layer.activation, of.expected("activation", draw, site)),
                of.fixture.tolerance("activation", activation_gate))
          << "draw " << draw << " site " << site;
      EXPECT_LE(largest_difference(layer.gradient, of.expected("gradient_" + target, draw, site)),
                of.fixture.tolerance("gradient_" + target, gradient_gate))
          << "draw " << draw << " site " << site;
    }
    // Behind the last layer tokens do not meet any more.
    EXPECT_EQ(largest_of(found->layers.at({draw, of.layers}).gradient), 0);
    EXPECT_GT(largest_of(found->layers.at({draw, of.layers - 1}).gradient), 0);
  }
}

class GradientsOf : public testing::TestWithParam<std::string> {};

TEST_P(GradientsOf, LogitsAreThoseOfAutograd) {
  GradientCase of("gradients", GetParam());
  expect_parity(of, of.wish(), "logits");
}

TEST_P(GradientsOf, LogProbabilitiesAreThoseOfAutograd) {
  GradientCase of("gradients", GetParam());
  GradientWish wish = of.wish();
  wish.score = OC_SCORE_LOG_PROBABILITY;
  expect_parity(of, wish, "log_probabilities");
}

TEST(GradientOfOneToken, IsThatOfAutograd) {
  int compared = 0;
  for (const std::string& name : cases_of_tested_model("gradients")) {
    GradientCase of("gradients", name);
    if (!of.fixture.has("score_token_1")) continue;
    GradientWish wish = of.wish();
    wish.targets = {wish.targets.at(1)};
    expect_parity(of, wish, "token_1");
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

INSTANTIATE_TEST_SUITE_P(Cases, GradientsOf, testing::ValuesIn(cases_of_tested_model("gradients")),
                         [](const auto& each) { return each.param; });

// One case of two pictures, for what must not change a number.
class GradientPromises : public testing::Test {
 protected:
  GradientPromises() : of_("gradients", gradient_case_of_two_images()) {}
  GradientCase of_;
};

TEST_F(GradientPromises, OnePassIsLayerByLayerBitwise) {
  const GradientWish all = of_.wish();
  const auto together = of_.run(all);
  for (int64_t layer = 0; layer <= of_.layers; ++layer) {
    GradientWish one = all;
    one.layers = {layer};
    const auto alone = of_.run(one);
    ASSERT_EQ(alone->layers.size(), of_.draws);
    for (const auto& [key, kept] : alone->layers) {
      EXPECT_EQ(kept.gradient, together->layers.at(key).gradient) << "layer " << layer;
      EXPECT_EQ(kept.activation, together->layers.at(key).activation) << "layer " << layer;
    }
  }
}

TEST_F(GradientPromises, WhatIsComputedAgainForLackOfMemoryIsTheSameBitwise) {
  GradientWish wish = of_.wish();
  wish.draws.resize(1);
  const auto kept = of_.run(wish);
  wish.memory = 1;
  const auto again = of_.run(wish);
  for (const auto& [key, layer] : kept->layers) EXPECT_EQ(layer.gradient, again->layers.at(key).gradient);
  EXPECT_GT(again->polls, 0);
}

TEST_F(GradientPromises, AMemoryLimitIsPlannedFor) {
  GradientWish wish = of_.wish();
  const auto liked = cost_of_gradients(of_.gradients(), *of_.prepared, wish).activation_bytes;
  wish.memory = 1;
  const auto least = cost_of_gradients(of_.gradients(), *of_.prepared, wish).activation_bytes;
  wish.memory = (least + liked) / 2;
  const auto between = cost_of_gradients(of_.gradients(), *of_.prepared, wish).activation_bytes;
  EXPECT_LT(least, liked);
  EXPECT_LE(between, wish.memory);
  EXPECT_GE(between, least);
}

TEST_F(GradientPromises, ABatchOfDrawsIsOneByOne) {
  const GradientWish all = of_.wish();
  const auto together = of_.run(all);
  ASSERT_GT(all.draws.size(), 1u);
  for (uint32_t draw = 0; draw < all.draws.size(); ++draw) {
    GradientWish one = all;
    one.draws = {all.draws[draw]};
    const auto alone = of_.run(one);
    for (int64_t layer = 0; layer <= of_.layers; ++layer) {
      const std::vector<float>& expected = together->layers.at({draw, layer}).gradient;
      EXPECT_LE(largest_difference(alone->layers.at({0, layer}).gradient, expected), 1e-5 * largest_of(expected));
    }
  }
}

TEST_F(GradientPromises, ThreadsChangeNothingToSpeakOf) {
  GradientCase other("gradients", gradient_case_of_two_images(), 2);
  GradientCase single("gradients", gradient_case_of_two_images(), 1);
  const auto two = other.run(other.wish());
  const auto one = single.run(single.wish());
  for (const auto& [key, layer] : one->layers) {
    const std::vector<float>& gradient = two->layers.at(key).gradient;
    EXPECT_LE(largest_difference(layer.gradient, gradient), 1e-5 * largest_of(gradient));
  }
}

TEST_F(GradientPromises, LayersComeFromTheTopDrawByDraw) {
  GradientWish wish = of_.wish();
  wish.memory = 1;  // one draw at a time
  const auto found = of_.run(wish);
  std::vector<std::pair<uint32_t, int64_t>> expected;
  for (uint32_t draw = 0; draw < of_.draws; ++draw) {
    for (int64_t layer = of_.layers; layer >= 0; --layer) expected.emplace_back(draw, layer);
  }
  EXPECT_EQ(found->order, expected);
}

TEST_F(GradientPromises, ACancelledPassStopsAtTheNextLayer) {
  GradientSink sink;
  sink.cancel_at = 3;
  EXPECT_THROW(run_gradients(of_.gradients(), *of_.prepared, of_.wish(), sink), Error);
  EXPECT_EQ(sink.polls, 4);
}

TEST_F(GradientPromises, NoiseOfAnotherShapeIsRefused) {
  GradientWish wish = of_.wish();
  wish.draws[0].n_values -= 1;
  GradientSink sink;
  EXPECT_THROW(run_gradients(of_.gradients(), *of_.prepared, wish, sink), Error);
}

// HiResCAM's completeness, where it holds: its sum over channels is the change of S with a token's length (Euler's
// theorem). In front of the last layer a picture's tokens are read through RMSNorm alone, which takes lengths away, so
// that the sum is 0 but for the norm's epsilon; one layer earlier it is not.
TEST_F(GradientPromises, InFrontOfTheLastLayerATokensLengthDoesNotCount) {
  const GradientWish wish = of_.wish();
  const auto found = of_.run(wish);
  const auto cancelled_share = [&](int64_t layer) {
    const KeptGradient& kept = found->layers.at({0, layer});
    const size_t width = kept.activation.size() / wish.rows.size();
    double sums = 0, terms = 0;
    for (size_t token = 0; token < wish.rows.size(); ++token) {
      double sum = 0;
      for (size_t i = token * width; i < (token + 1) * width; ++i) {
        const double term = static_cast<double>(kept.activation[i]) * static_cast<double>(kept.gradient[i]);
        sum += term;
        terms += std::fabs(term);
      }
      sums += std::fabs(sum);
    }
    return sums / terms;
  };
  EXPECT_LT(cancelled_share(of_.layers - 1), 1e-4);
  EXPECT_GT(cancelled_share(of_.layers - 2), 1e-2);
}

// Central differences along the noise: S changes by what the gradient at layer 0's input says, because all of a
// picture's way into the decoder is there.
TEST_F(GradientPromises, TheScoreMovesAsTheGradientAtTheDecodersInputSays) {
  GradientWish wish = of_.wish();
  wish.layers = {0};
  wish.draws.resize(1);
  wish.draws[0].limit = 0;
  const double step = 2e-3;
  const auto at = [&](double std) {
    wish.draws[0].std = std;
    return of_.run(wish);
  };
  const auto below = at(-step), middle = at(0), above = at(step);
  const auto score = [](const GradientSink& of) {
    double sum = 0;
    for (const float token : of.scores.at(0)) sum += static_cast<double>(token);
    return sum;
  };
  const KeptGradient &low = below->layers.at({0, 0}), &high = above->layers.at({0, 0}),
                     &here = middle->layers.at({0, 0});
  double predicted = 0;
  for (size_t i = 0; i < here.gradient.size(); ++i) {
    predicted += static_cast<double>(here.gradient[i]) *
                 (static_cast<double>(high.activation[i]) - static_cast<double>(low.activation[i]));
  }
  EXPECT_GT(std::fabs(predicted), 1e-3);
  EXPECT_NEAR(score(*above) - score(*below), predicted, 0.02 * std::fabs(predicted));
}

}  // namespace

}  // namespace ocellus::test
