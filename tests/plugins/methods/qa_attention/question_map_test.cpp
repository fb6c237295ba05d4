#include "plugins/methods/qa_attention/question_map.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace ocellus::methods {
namespace {

TEST(QuestionMap, IsAShareOfThePatches) {
  QuestionMap map;
  map.values = {0.1, 0.3, 0.0, 0.1};
  normalise(map);
  EXPECT_DOUBLE_EQ(map.image_mass, 0.5);
  EXPECT_DOUBLE_EQ(map.values[1], 0.6);
  QuestionMap nothing;
  nothing.values = {0, 0};
  normalise(nothing);
  EXPECT_EQ(nothing.values, (std::vector<double>{0, 0}));
}

TEST(QuestionMap, ASecondSoftmaxLevelsIt) {
  QuestionMap map;
  map.values = {1, 0, 0, 0};
  soften(map);
  const double e = std::exp(1.0);
  EXPECT_DOUBLE_EQ(map.values[0], e / (e + 3));
  EXPECT_DOUBLE_EQ(map.values[3], 1 / (e + 3));
}

TEST(QuestionMap, StatisticsAreThoseOfNumpy) {
  const MapStatistics statistics = statistics_of({0.1, 0.2, 0.3, 0.4});
  EXPECT_DOUBLE_EQ(statistics.mean, 0.25);
  EXPECT_NEAR(statistics.deviation, 0.11180339887498949, 1e-15);
  EXPECT_DOUBLE_EQ(statistics.max, 0.4);
  EXPECT_DOUBLE_EQ(statistics.min, 0.1);
  EXPECT_NEAR(statistics.entropy, 1.2798542258336674 - 4e-8, 1e-9);
}

TEST(QuestionMap, TheLargestComeFirstAndOfEqualsTheFirst) {
  EXPECT_EQ(largest({0.1, 0.4, 0.4, 0.0, 0.2}, 3), (std::vector<size_t>{1, 2, 4}));
  EXPECT_EQ(largest({0.1, 0.4}, 5), (std::vector<size_t>{1, 0}));
}

}  // namespace
}  // namespace ocellus::methods
