#include "plugins/methods/occlusion/windows.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ocellus::methods {
namespace {

using Windows = std::vector<std::vector<int64_t>>;

TEST(Windows, SlideRowByRowOverTheEdges) {
  EXPECT_EQ(windows_over(1, 3, 1, 1), (Windows{{0}, {1}, {2}}));
  EXPECT_EQ(windows_over(1, 3, 2, 1), (Windows{{0}, {0, 1}, {1, 2}, {2}}));
  EXPECT_EQ(windows_over(2, 2, 2, 1), (Windows{{0}, {0, 1}, {1}, {0, 2}, {0, 1, 2, 3}, {1, 3}, {2}, {2, 3}, {3}}));
}

TEST(Windows, AsFarApartAsTheyAreWideTheyTileFromTheFirstCell) {
  EXPECT_EQ(windows_over(1, 5, 2, 2), (Windows{{0, 1}, {2, 3}, {4}}));
  EXPECT_EQ(windows_over(1, 5, 3, 2), (Windows{{0}, {0, 1, 2}, {2, 3, 4}, {4}}));
}

TEST(Windows, WiderThanTheGridAreCutToIt) {
  EXPECT_EQ(windows_over(1, 2, 5, 1), (Windows{{0}, {0, 1}, {1}}));
  EXPECT_EQ(windows_over(2, 2, 5, 5), (Windows{{0, 1, 2, 3}}));
}

// How many windows each cell is in.
std::vector<int> times(const Windows& windows, size_t cells) {
  std::vector<int> times(cells);
  for (const std::vector<int64_t>& window : windows) {
    EXPECT_TRUE(std::is_sorted(window.begin(), window.end()));
    for (const int64_t cell : window) ++times.at(static_cast<size_t>(cell));
  }
  return times;
}

TEST(Windows, LeaveNoCellOutAndOneCellApartFavourNone) {
  for (int64_t side = 1; side < 6; ++side) {
    for (int64_t stride = 1; stride <= side; ++stride) {
      const std::vector<int> of = times(windows_over(7, 4, side, stride), 7 * 4);
      EXPECT_GT(*std::min_element(of.begin(), of.end()), 0) << side << " " << stride;
      if (stride == 1) {
        EXPECT_EQ(*std::min_element(of.begin(), of.end()), *std::max_element(of.begin(), of.end())) << side;
      }
    }
  }
}

TEST(Windows, ACellHasTheMeanOfThoseItIsIn) {
  const Windows windows = windows_over(1, 2, 2, 1);
  EXPECT_EQ(mean_over_windows(2, windows, std::vector<double>{1, -3, 4}), (std::vector<float>{-1, 0.5}));
}

}  // namespace
}  // namespace ocellus::methods
