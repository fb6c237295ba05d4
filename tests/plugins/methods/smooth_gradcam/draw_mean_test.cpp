#include "plugins/methods/smooth_gradcam/draw_mean.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace ocellus::methods {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::IsEmpty;

TEST(Normalise, DividesByTheLargest) {
  std::vector<double> map{1, 4, 2};
  EXPECT_EQ(normalise(map, 0), 4.0);
  EXPECT_THAT(map, ElementsAre(0.25, 1.0, 0.5));
}

TEST(Normalise, CellsBelowTheThresholdBecomeZeroAndThoseAtItStay) {
  std::vector<double> map{1, 4, 2};
  normalise(map, 0.5);
  EXPECT_THAT(map, ElementsAre(0.0, 1.0, 0.5));
}

TEST(Normalise, AMapOfZerosStays) {
  std::vector<double> map{0, 0};
  EXPECT_EQ(normalise(map, 0.5), 0.0);
  EXPECT_THAT(map, ElementsAre(0.0, 0.0));
}

DrawMean of(const std::vector<std::vector<double>>& maps) {
  DrawMean mean;
  for (const std::vector<double>& map : maps) mean.add(map);
  return mean;
}

TEST(DrawMean, IsNotNormalisedAgain) {
  const DrawMean mean = of({{1.0, 0.5}, {0.5, 0.0}, {0.0, 0.25}});
  EXPECT_THAT(mean.mean(), ElementsAre(FloatNear(0.5f, 1e-7f), FloatNear(0.25f, 1e-7f)));
}

TEST(DrawMean, TheStandardErrorIsThatOfTheMean) {
  const DrawMean mean = of({{1.0, 0.5}, {0.5, 0.5}, {0.0, 0.5}});
  // The sample's variance of 1, 1/2, 0 is 1/4.
  EXPECT_THAT(mean.standard_error(), ElementsAre(FloatNear(static_cast<float>(std::sqrt(0.25 / 3)), 1e-7f), 0.0f));
}

TEST(DrawMean, OneDrawHasNoError) {
  const DrawMean mean = of({{1.0, 0.5}});
  EXPECT_THAT(mean.standard_error(), IsEmpty());
  EXPECT_FALSE(mean.agreement().has_value());
}

TEST(DrawMean, EqualDrawsAgreeWholly) {
  EXPECT_DOUBLE_EQ(of({{1.0, 0.5, 0.0}, {1.0, 0.5, 0.0}}).agreement().value(), 1.0);
}

// Shrout and Fleiss, 1979, table 2 and ICC(1,1) of table 4: six targets rated by four judges.
TEST(DrawMean, AgreementIsTheIntraclassCorrelation) {
  const DrawMean mean = of({{9, 6, 8, 7, 10, 6}, {2, 1, 4, 1, 5, 2}, {5, 3, 6, 2, 6, 4}, {8, 2, 8, 6, 9, 7}});
  EXPECT_NEAR(mean.agreement().value(), 0.17, 0.005);
}

TEST(DrawMean, OppositeDrawsDoNotAgree) {
  EXPECT_LT(of({{1.0, 0.0}, {0.0, 1.0}}).agreement().value(), 0.0);
}

TEST(DrawMean, MapsWithoutContrastHaveNoAgreement) {
  EXPECT_FALSE(of({{0.0, 0.0}, {0.0, 0.0}}).agreement().has_value());
  EXPECT_FALSE(of({{1.0}, {1.0}}).agreement().has_value());
}

}  // namespace
}  // namespace ocellus::methods
