#include "plugins/models/common/transformer/greedy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ocellus::models {

namespace {

TEST(GreedyDecoder, TakesTheFirstMaximum) {
  std::vector<float> logits = {1, 3, 3, 2};
  EXPECT_EQ(GreedyDecoder(1, {}).next(logits).token, 1);
}

TEST(GreedyDecoder, TellsTheLogProbability) {
  std::vector<float> logits = {0, std::log(3.0f)};
  EXPECT_NEAR(GreedyDecoder(1, {}).next(logits).log_probability, std::log(0.75), 1e-6);
}

TEST(GreedyDecoder, PenaltyActsOncePerIdOfThePrompt) {  // mistake 24
  const std::vector<int64_t> prompt = {0, 0, 0, 2};
  std::vector<float> logits = {1.2f, 1.0f, -1.0f, -1.5f};
  const Choice choice = GreedyDecoder(1.3f, prompt).next(logits);
  EXPECT_EQ(choice.token, 1);
  EXPECT_EQ(logits, (std::vector<float>{1.2f / 1.3f, 1.0f, -1.0f * 1.3f, -1.5f}));
}

TEST(GreedyDecoder, PenaltyActsOnWhatWasGenerated) {  // mistake 24
  GreedyDecoder decoder(2, {});
  std::vector<float> first = {3, 2}, second = {3, 2};
  EXPECT_EQ(decoder.next(first).token, 0);
  EXPECT_EQ(decoder.next(second).token, 1);
}

TEST(GreedyDecoder, WithoutPenaltyLogitsStay) {
  const std::vector<int64_t> prompt = {1};
  std::vector<float> logits = {-4, 5};
  GreedyDecoder(1, prompt).next(logits);
  EXPECT_EQ(logits, (std::vector<float>{-4, 5}));
}

}  // namespace

}  // namespace ocellus::models
