#include "plugins/renderers/grid/rank_correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ocellus::grid {
namespace {

using Values = std::vector<float>;

double rho(const Values& a, const Values& b) {
  return rank_correlation(a, b).value();
}

TEST(RankCorrelation, OnlyTheOrderCounts) {
  EXPECT_EQ(rho({1, 2, 3, 4}, {10, 100, 1000, 1e6F}), 1.0);
  EXPECT_EQ(rho({1, 2, 3, 4}, {0.4F, 0.3F, 0.2F, -5}), -1.0);
  EXPECT_DOUBLE_EQ(rho({1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}), 0.8);  // 1 - 6 * 4 / (5 * 24)
}

TEST(RankCorrelation, EqualValuesShareTheMeanOfTheirRanks) {
  // Ranks 1.5 1.5 3 4 and 1 2 3 4: covariance 4.5, variances 4.5 and 5.
  EXPECT_DOUBLE_EQ(rho({7, 7, 8, 9}, {1, 2, 3, 4}), 4.5 / std::sqrt(4.5 * 5));
  EXPECT_EQ(rho({0, 0, 1}, {5, 5, 6}), 1.0);
  EXPECT_EQ(rho({0, 0, 1, 1}, {0, 1, 0, 1}), 0.0);
}

TEST(RankCorrelation, IsTheSameBothWaysAndForAnyOrderOfCells) {
  const Values a{3, 1, 4, 1, 5, 9, 2, 6}, b{2, 7, 1, 8, 2, 8, 1, 8};
  EXPECT_EQ(rho(a, b), rho(b, a));
  EXPECT_EQ(rho(Values(a.rbegin(), a.rend()), Values(b.rbegin(), b.rend())), rho(a, b));
}

TEST(RankCorrelation, IsNotDefinedWithoutAnOrder) {
  EXPECT_FALSE(rank_correlation(Values{1, 1, 1}, Values{1, 2, 3}));
  EXPECT_FALSE(rank_correlation(Values{1, 2, 3}, Values{0, 0, 0}));
  EXPECT_FALSE(rank_correlation(Values{1, 2}, Values{1, 2, 3}));
  EXPECT_FALSE(rank_correlation(Values{1}, Values{1}));
  EXPECT_FALSE(rank_correlation(Values{}, Values{}));
}

}  // namespace
}  // namespace ocellus::grid
