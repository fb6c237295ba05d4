// Against numpy.corrcoef of mean ranks (numpy 2.3).
#include "host/sanity/rank_correlation.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace ocellus::sanity {
namespace {

using Values = std::vector<double>;

TEST(MeanRanks, EqualValuesShareTheMeanOfTheirPlaces) {
  EXPECT_THAT(mean_ranks(Values{3, 1, 3, 2, 3, 0}), ::testing::ElementsAre(5, 2, 5, 3, 5, 1));
  EXPECT_THAT(mean_ranks(Values{7, 7}), ::testing::ElementsAre(1.5, 1.5));
}

TEST(RankCorrelation, IsTheReferences) {
  EXPECT_NEAR(*rank_correlation(Values{1, 2, 3, 4, 5, 6, 7}, Values{2, 1, 4, 3, 7, 6, 5}), 0.7857142857142859, 1e-15);
  EXPECT_NEAR(*rank_correlation(Values{0.5, 0.5, 0.1, 0.9, 0.3, 0.3}, Values{1, 2, 2, 5, 0, 4}), 0.34332182456525595,
              1e-15)
      << "with ties on both sides";
  EXPECT_NEAR(*rank_correlation(Values{0, 0, 0, 1, 0}, Values{0.2, 0.4, 0.1, 0.3, 0.5}), 0, 1e-15);
}

TEST(RankCorrelation, KnowsOrdersAlone) {
  EXPECT_EQ(*rank_correlation(Values{1, 2, 3, 4}, Values{1, 4, 9, 16}), 1);
  EXPECT_EQ(*rank_correlation(Values{1, 2, 3, 4}, Values{4, 3, 2, 1}), -1);
  const Values map{0.3, 0.1, 0.1, 0.7};
  EXPECT_EQ(*rank_correlation(map, map), 1);
}

TEST(RankCorrelation, IsNotDefinedWithoutDifferences) {
  EXPECT_FALSE(rank_correlation(Values{1, 1, 1}, Values{1, 2, 3}));
  EXPECT_FALSE(rank_correlation(Values{1, 2, 3}, Values{0, 0, 0}));
  EXPECT_FALSE(rank_correlation(Values{1}, Values{2}));
  EXPECT_FALSE(rank_correlation(Values{}, Values{}));
  EXPECT_FALSE(rank_correlation(Values{1, 2, std::nan("")}, Values{1, 2, 3}));
  EXPECT_FALSE(rank_correlation(Values{1, 2, 3}, Values{1, std::numeric_limits<double>::infinity(), 3}));
}

}  // namespace
}  // namespace ocellus::sanity
