#include "host/faithfulness/curve.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "host/faithfulness/reply.hpp"

namespace ocellus::faithfulness {
namespace {

using ::testing::ElementsAre;

TEST(MaskedCounts, AreEqualSharesToTheNearestCell) {
  EXPECT_THAT(masked_counts(12, 4), ElementsAre(0, 3, 6, 9, 12));
  EXPECT_THAT(masked_counts(10, 4), ElementsAre(0, 3, 5, 8, 10));
  EXPECT_THAT(masked_counts(3, 6), ElementsAre(0, 1, 1, 2, 2, 3, 3));
}

TEST(Trapezoid, TakesPointsAsFarApartAsTheyAre) {
  EXPECT_DOUBLE_EQ(trapezoid(std::vector<double>{0, 0.25, 1}, std::vector<double>{1, 0.5, 0}), 0.1875 + 0.1875);
  EXPECT_DOUBLE_EQ(trapezoid(std::vector<double>{0, 1}, std::vector<double>{0.3, 0.3}), 0.3);
}

TEST(Areas, GapAndTheFirstShareThatFlips) {
  const Areas areas = areas_of({{0, 0.5, 1}, {1, 0.5, 0}, {0, 1, 1}, {7, 7, 9}});
  EXPECT_DOUBLE_EQ(areas.deletion, 0.5);
  EXPECT_DOUBLE_EQ(areas.insertion, 0.75);
  EXPECT_DOUBLE_EQ(areas.gap, 0.25);
  EXPECT_EQ(areas.flip_area, 1);
  EXPECT_EQ(areas.flips, 1);
  EXPECT_EQ(areas_of({{0, 0.5, 1}, {1, 1, 1}, {1, 1, 1}, {7, 9, 7}}).flip_area, 0.5) << "it may change back";
}

TEST(Areas, AnAnswerThatNeverChangesCountsAsTheWholePicture) {
  const Areas areas = areas_of({{0, 0.5, 1}, {1, 1, 1}, {1, 1, 1}, {7, 7, 7}});
  EXPECT_EQ(areas.flips, 0);
  EXPECT_EQ(areas.flip_area, 1);
}

TEST(Mean, OfAreasAndCurvesGoesPointByPoint) {
  const std::vector<Areas> areas{{0.5, 0.25, 0.25, 0.5, 1}, {1, 0.75, 0.25, 1, 0}};
  const Areas mean = mean_of(areas);
  EXPECT_DOUBLE_EQ(mean.insertion, 0.75);
  EXPECT_DOUBLE_EQ(mean.flips, 0.5);
  EXPECT_DOUBLE_EQ(mean.flip_area, 0.75);
  const std::vector<Curve> curves{{{0, 1}, {1, 0}, {0, 1}, {}}, {{0, 1}, {0.5, 0.5}, {0, 0}, {}}};
  EXPECT_THAT(mean_of(curves).deletion, ElementsAre(0.75, 0.25));
  EXPECT_THAT(mean_of(curves).insertion, ElementsAre(0, 0.5));
}

TEST(Reply, ProbabilitiesAreASoftmaxEvenOfLargeLogits) {
  const std::vector<float> logits{1000, 1000 + std::log(3.0f), -1000};
  EXPECT_NEAR(score_of(logits, 0, Score::probability), 0.25, 1e-5);
  EXPECT_NEAR(score_of(logits, 2, Score::probability), 0, 1e-300);
  EXPECT_EQ(score_of(logits, 0, Score::logit), 1000);
  EXPECT_EQ(likeliest(logits), 1);
  EXPECT_EQ(likeliest(std::vector<float>{2, 5, 5}), 1) << "the first of equal ones, as when an answer is generated";
}

}  // namespace
}  // namespace ocellus::faithfulness
