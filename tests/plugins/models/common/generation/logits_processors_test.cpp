#include "plugins/models/common/generation/logits_processors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ocellus::models {

namespace {

constexpr float gone = -std::numeric_limits<float>::infinity();

TEST(LogitsProcessors, ThePenaltyActsOncePerId) {  // mistake 24
  std::vector<float> logits = {1.2f, 1.0f, -1.0f, -1.5f};
  penalise_repetition(logits, {0, 2}, 1.3f);
  EXPECT_EQ(logits, (std::vector<float>{1.2f / 1.3f, 1.0f, -1.0f * 1.3f, -1.5f}));
}

TEST(LogitsProcessors, TopKKeepsEqualsOfTheLast) {
  std::vector<float> logits = {1, 3, 2, 2, 0};
  keep_top_k(logits, 2);
  EXPECT_EQ(logits, (std::vector<float>{gone, 3, 2, 2, gone}));
  keep_top_k(logits, 9);
  EXPECT_EQ(logits, (std::vector<float>{gone, 3, 2, 2, gone}));
  keep_top_k(logits, 1);
  EXPECT_EQ(logits, (std::vector<float>{gone, 3, gone, gone, gone}));
}

TEST(LogitsProcessors, TopPKeepsTheFewestThatReachIt) {
  const auto of = [](double probability) { return static_cast<float>(std::log(probability)); };
  const std::vector<float> logits = {of(0.15), of(0.5), of(0.05), of(0.3)};
  const auto kept = [&](double p) {
    std::vector<float> left = logits;
    keep_top_p(left, p);
    std::vector<size_t> ids;
    for (size_t id = 0; id < left.size(); ++id) {
      if (left[id] != gone) ids.push_back(id);
    }
    return ids;
  };
  EXPECT_EQ(kept(0.97), (std::vector<size_t>{0, 1, 2, 3}));
  EXPECT_EQ(kept(0.9), (std::vector<size_t>{0, 1, 3}));
  EXPECT_EQ(kept(0.7), (std::vector<size_t>{1, 3}));
  EXPECT_EQ(kept(0.4), (std::vector<size_t>{1}));
  EXPECT_EQ(kept(1e-6), (std::vector<size_t>{1})) << "one is always left";
}

TEST(LogitsProcessors, TopPRemovesTheSmallerIdsAmongEquals) {
  std::vector<float> logits = {0, 0, 0, 0};
  keep_top_p(logits, 0.6);
  EXPECT_EQ(logits, (std::vector<float>{gone, 0, 0, 0}));
}

}  // namespace

}  // namespace ocellus::models
