#include "plugins/models/common/pickle/strided.hpp"

#include <gmock/gmock.h>

#include <numeric>

namespace ocellus::models {
namespace {

using testing::ElementsAre;

std::vector<int> gathered(const StridedLayout& layout) {
  std::vector<std::int32_t> storage(24), out(*element_count(layout));
  std::iota(storage.begin(), storage.end(), 0);
  gather(std::as_bytes(std::span(storage)), layout, 4, std::as_writable_bytes(std::span(out)));
  return {out.begin(), out.end()};
}

TEST(Strided, GathersAnyOrder) {
  EXPECT_THAT(gathered({0, {3, 2}, {1, 3}}), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(gathered({5, {2, 2, 2}, {1, 8, 2}}), ElementsAre(5, 7, 13, 15, 6, 8, 14, 16));
  EXPECT_THAT(gathered({4, {3}, {0}}), ElementsAre(4, 4, 4));
  EXPECT_THAT(gathered({7, {}, {}}), ElementsAre(7));
  EXPECT_TRUE(gathered({0, {2, 0, 3}, {1, 1, 1}}).empty());
}

TEST(Strided, KnowsWhatIsContiguous) {
  EXPECT_TRUE(is_contiguous({3, {2, 3}, {3, 1}}));
  EXPECT_TRUE(is_contiguous({0, {1, 3, 1}, {77, 1, 99}}));
  EXPECT_TRUE(is_contiguous({0, {}, {}}));
  EXPECT_TRUE(is_contiguous({0, {5, 0}, {9, 9}}));
  EXPECT_FALSE(is_contiguous({0, {2, 3}, {1, 2}}));
  EXPECT_FALSE(is_contiguous({0, {2, 3}, {4, 1}}));
}

TEST(Strided, SaysHowFarItReaches) {
  EXPECT_EQ(storage_extent({5, {2, 3}, {10, 2}}), 5u + 10 + 4 + 1);
  EXPECT_EQ(storage_extent({5, {}, {}}), 6u);
  EXPECT_EQ(storage_extent({5, {0, 3}, {10, 2}}), 0u);
  constexpr std::uint64_t huge = std::uint64_t{1} << 63;
  EXPECT_EQ(storage_extent({0, {3}, {huge}}), std::nullopt);
  EXPECT_EQ(storage_extent({~std::uint64_t{0}, {1}, {1}}), std::nullopt);
  EXPECT_EQ(element_count({0, {huge, 2}, {0, 0}}), std::nullopt);
  EXPECT_EQ(element_count({0, {huge, 2, 0}, {0, 0, 0}}), 0u);
}

}  // namespace
}  // namespace ocellus::models
