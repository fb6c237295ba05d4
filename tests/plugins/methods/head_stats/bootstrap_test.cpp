#include "plugins/methods/head_stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ocellus::methods {
namespace {

// 400 values of a wide spread in column 0, a constant in column 1.
std::vector<float> two_columns() {
  std::vector<float> values;
  for (int i = 0; i < 400; ++i) {
    values.push_back(static_cast<float>(i % 20) / 20.0f);
    values.push_back(0.25f);
  }
  return values;
}

TEST(Bootstrap, IsTheNormalIntervalWhereThatIsRight) {
  const std::vector<float> values = two_columns();
  const std::vector<Interval> intervals = bootstrap_means(values, 400, 2, {4000, 1});
  // Of 20 equally likely values i / 20: mean 0.475, variance (20^2 - 1) / 12 / 20^2.
  const double half = 1.96 * std::sqrt(399.0 / 12 / 400 / 400);
  EXPECT_NEAR(intervals[0].low, 0.475 - half, 0.003);
  EXPECT_NEAR(intervals[0].high, 0.475 + half, 0.003);
  EXPECT_FLOAT_EQ(static_cast<float>(intervals[1].low), 0.25f);
  EXPECT_FLOAT_EQ(static_cast<float>(intervals[1].high), 0.25f);
}

TEST(Bootstrap, TheSeedNamesTheDraws) {
  const std::vector<float> values = two_columns();
  const Interval first = bootstrap_means(values, 400, 2, {200, 7})[0],
                 again = bootstrap_means(values, 400, 2, {200, 7})[0],
                 other = bootstrap_means(values, 400, 2, {200, 8})[0];
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(first.low, other.low);
}

TEST(Bootstrap, OneSampleHasNoInterval) {
  EXPECT_TRUE(std::isnan(bootstrap_means(std::vector<float>{1}, 1, 1, {100, 0})[0].low));
  EXPECT_TRUE(std::isnan(bootstrap_means(std::vector<float>{1, 2}, 2, 1, {0, 0})[0].high));
}

TEST(Bootstrap, DrawsEverySampleAboutEquallyOften) {
  std::vector<int> times(7, 0);
  for (uint64_t draw = 0; draw < 100; ++draw) {
    for (uint64_t place = 0; place < 70; ++place) ++times.at(counted_index(3, draw, place, 7));
  }
  for (const int count : times) EXPECT_NEAR(count, 1000, 120);  // four standard deviations
}

}  // namespace
}  // namespace ocellus::methods
