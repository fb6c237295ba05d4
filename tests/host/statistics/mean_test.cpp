#include "host/statistics/mean.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace ocellus::statistics {
namespace {

TEST(Mean, HasTheStandardErrorOfTheMean) {
  Mean mean;
  EXPECT_TRUE(std::isnan(mean.value()));
  mean.add(1);
  EXPECT_EQ(mean.value(), 1);
  EXPECT_TRUE(std::isnan(mean.error()));
  for (const double value : {2.0, 3.0, 6.0}) mean.add(value);
  EXPECT_DOUBLE_EQ(mean.value(), 3);
  EXPECT_DOUBLE_EQ(mean.error(), std::sqrt(14.0 / 3 / 4));
}

}  // namespace
}  // namespace ocellus::statistics
