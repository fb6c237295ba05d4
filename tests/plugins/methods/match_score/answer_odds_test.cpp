#include "plugins/methods/match_score/answer_odds.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ocellus::methods {
namespace {

TEST(AnswerOdds, AreASoftmaxOverAllLogits) {
  const std::vector<float> logits{1, 2, 3, 0};
  const double sum = std::exp(1) + std::exp(2) + std::exp(3) + 1;
  const AnswerOdds odds = answer_odds(logits, 2, 0);
  EXPECT_NEAR(odds.yes, std::exp(3) / sum, 1e-15);
  EXPECT_NEAR(odds.no, std::exp(1) / sum, 1e-15);
  EXPECT_NEAR(odds.margin(), (std::exp(3) - std::exp(1)) / sum, 1e-15);
  EXPECT_NEAR(odds.two_way, std::exp(3) / (std::exp(3) + std::exp(1)), 1e-15);
  double entropy = 0;
  for (const double logit : {1.0, 2.0, 3.0, 0.0})
    entropy -= std::exp(logit) / sum * std::log(std::exp(logit) / sum + 1e-10);
  EXPECT_NEAR(odds.entropy, entropy, 1e-14);
}

TEST(AnswerOdds, EntropyIsBetweenCertainAndEven) {
  EXPECT_NEAR(answer_odds(std::vector<float>(8, 3.0f), 0, 1).entropy, std::log(8), 1e-8);
  // The published formula adds 1e-10 inside the logarithm, so certainty is not quite 0.
  EXPECT_NEAR(answer_odds(std::vector<float>{1000, 0, 0}, 0, 1).entropy, -std::log(1 + 1e-10), 1e-15);
}

TEST(AnswerOdds, HugeAndTinyLogitsStayFinite) {
  const AnswerOdds odds = answer_odds(std::vector<float>{3e38f, -3e38f, -3e38f}, 1, 2);
  EXPECT_EQ(odds.yes, 0);
  EXPECT_EQ(odds.two_way, 0.5);
  EXPECT_TRUE(std::isfinite(odds.entropy));
  EXPECT_EQ(answer_odds(std::vector<float>{3e38f, -3e38f}, 0, 1).two_way, 1);
}

TEST(AnswerOdds, FlooringCutsDecimalsOff) {
  const auto floored = [](double p) {
    return answer_odds(std::vector<float>{static_cast<float>(std::log(p / (1 - p))), 0}, 0, 1).floored;
  };
  EXPECT_EQ(floored(0.999), 0.99);
  EXPECT_EQ(floored(0.5049), 0.5);
  EXPECT_EQ(floored(0.0099), 0);
}

}  // namespace
}  // namespace ocellus::methods
