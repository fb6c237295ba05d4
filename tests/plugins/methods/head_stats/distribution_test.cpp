#include "plugins/methods/head_stats/distribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace ocellus::methods {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

// Numbers as numpy 2 tells them of [0.1, 0.4, 0.2, 0.9]: mean, std, median, quantile(.1), histogram.
TEST(Distribution, AsNumpyDescribesIt) {
  const Distribution of = describe({0.1f, 0.4f, 0.2f, 0.9f}, bin_edges(0, 1, 0.25));
  EXPECT_EQ(of.n, 4);
  EXPECT_NEAR(of.mean, 0.4, 1e-7);
  EXPECT_NEAR(of.std, 0.308221, 1e-6);
  EXPECT_NEAR(of.median, 0.3, 1e-7);
  EXPECT_NEAR(of.min, 0.1, 1e-7);
  EXPECT_NEAR(of.max, 0.9, 1e-7);
  EXPECT_NEAR(of.deciles[0], 0.13, 1e-7);
  EXPECT_NEAR(of.deciles[8], 0.75, 1e-7);
  EXPECT_THAT(of.counts, ElementsAre(2, 1, 0, 1));
}

TEST(Distribution, TheLastBinIsClosedAndTheOthersHalfOpen) {
  const Distribution of = describe({0, 0.25f, 0.5f, 1}, bin_edges(0, 1, 0.25));
  EXPECT_THAT(of.counts, ElementsAre(1, 1, 1, 1));
  EXPECT_EQ(of.outside, 0);
}

TEST(Distribution, RoundingIsTakenIntoTheOutermostBins) {
  const Distribution of = describe({-1e-7f, 1.0000005f, 1.2f, -0.3f}, bin_edges(0, 1, 0.5));
  EXPECT_THAT(of.counts, ElementsAre(1, 1));
  EXPECT_EQ(of.outside, 2);
}

TEST(Distribution, OfOneValue) {
  const Distribution of = describe({0.3f}, bin_edges(0, 1, 1));
  EXPECT_EQ(of.std, 0);
  EXPECT_EQ(of.median, of.max);
  EXPECT_EQ(of.deciles[4], of.mean);
}

TEST(BinEdges, AreTwentyOneOfTheStudy) {
  const std::vector<double> edges = bin_edges(0, 1, 0.05);
  ASSERT_EQ(edges.size(), 21u);
  EXPECT_EQ(edges.back(), 1);
  EXPECT_NEAR(edges[7], 0.35, 1e-12);
}

TEST(BinEdges, TheLastBinMayBeNarrower) {
  EXPECT_THAT(bin_edges(0, 1, 0.4), ElementsAre(0, DoubleNear(0.4, 1e-12), DoubleNear(0.8, 1e-12), 1));
  EXPECT_THAT(bin_edges(0.5, 1, 2), ElementsAre(0.5, 1));
}

}  // namespace
}  // namespace ocellus::methods
