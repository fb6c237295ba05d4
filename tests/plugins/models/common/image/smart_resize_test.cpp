#include "plugins/models/common/image/smart_resize.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <ocellus/sdk/error.hpp>
#include <ostream>

#include "tests/support/npy.hpp"

namespace ocellus::models {

void PrintTo(Size size, std::ostream* out) {
  *out << size.height << " high, " << size.width << " wide";
}

namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int factor = 28;
constexpr PixelLimits class_limits{};

TEST(SmartResize, RoundsHalvesToEven) {
  EXPECT_EQ(smart_resize({42, 70}, factor, class_limits), (Size{56, 56}));
  EXPECT_EQ(smart_resize({500, 334}, factor, class_limits), (Size{504, 336}));
  EXPECT_EQ(smart_resize({480, 640}, factor, class_limits), (Size{476, 644}));
}

TEST(SmartResize, EnlargesSidesBelowTheFactor) {
  EXPECT_EQ(smart_resize({13, 400}, factor, class_limits), (Size{28, 336}));
}

TEST(SmartResize, TakesLimitsAsAreas) {
  EXPECT_EQ(smart_resize({5000, 5000}, factor, {3136, 12845056}), (Size{3556, 3556}));
  EXPECT_EQ(smart_resize({1080, 1920}, factor, {3136, 12845056}), (Size{1092, 1932}));
  EXPECT_EQ(smart_resize({1080, 1920}, factor, {3136, 1003520}), (Size{728, 1316}));
}

TEST(SmartResize, EqualsTransformers) {
  const auto table = test::read_npy(OCELLUS_TEST_DATA "/image/smart_resize.npy");
  const auto values = table.as<std::int32_t>();
  ASSERT_EQ(table.shape.at(1), 7);
  for (std::size_t at = 0; at < values.size(); at += 7) {
    const Size picture{values[at], values[at + 1]};
    EXPECT_EQ(smart_resize(picture, values[at + 2], {values[at + 3], values[at + 4]}),
              (Size{values[at + 5], values[at + 6]}))
        << testing::PrintToString(picture) << ", factor " << values[at + 2] << ", limits " << values[at + 3] << " to "
        << values[at + 4];
  }
}

std::string refusal(Size picture, PixelLimits limits) {
  try {
    smart_resize(picture, factor, limits);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_SAMPLE);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST(SmartResize, RefusesExtremeShapes) {
  EXPECT_EQ(smart_resize({2000, 10}, factor, class_limits), (Size{812, 28}));
  EXPECT_THAT(refusal({2001, 10}, class_limits), AllOf(HasSubstr("10x2001"), HasSubstr("200.1"), HasSubstr("crop")));
  EXPECT_THAT(refusal({10, 2001}, class_limits), HasSubstr("2001x10"));
  EXPECT_THAT(refusal({0, 10}, class_limits), HasSubstr("no picture"));
  EXPECT_THAT(refusal({10, -1}, class_limits), HasSubstr("no picture"));
}

TEST(SmartResize, RefusesToEnlargeBeyondInt) {
  constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(refusal({10, 10}, {huge, huge}), HasSubstr("lower the minimum number of pixels"));
}

// Rounding one side up and the other down bends the shape by at most one cell on each side.
TEST(SmartResize, KeepsItsBoundsForAnyPicture) {
  EXPECT_TRUE(rc::check("multiples of the factor, within the limits, in the picture's shape", [] {
    const int side_factor = *rc::gen::element(14, 28, 32);
    const int height = *rc::gen::inRange(1, 6000), width = *rc::gen::inRange(1, 6000);
    RC_PRE(height <= 200 * width && width <= 200 * height);
    const std::int64_t cell = std::int64_t{side_factor} * side_factor;
    const std::int64_t fewest = *rc::gen::inRange(1, 20);
    const PixelLimits limits{cell * fewest, cell * fewest * *rc::gen::inRange(4, 100)};
    const Size size = smart_resize({height, width}, side_factor, limits);
    RC_ASSERT(size.height % side_factor == 0 && size.width % side_factor == 0);
    const std::int64_t rows = size.height / side_factor, cols = size.width / side_factor;
    RC_ASSERT(rows >= 1 && cols >= 1);
    // A single row or column of a long picture cannot get thinner, and rounding it down takes half of it away.
    RC_ASSERT(rows == 1 || cols == 1 || size.height * std::int64_t{size.width} >= limits.min_pixels);
    RC_ASSERT(rows == 1 || cols == 1 || size.height * std::int64_t{size.width} <= limits.max_pixels);
    RC_ASSERT((rows + 1) * std::int64_t{width} * 1.001 >= (cols - 1) * std::int64_t{height});
    RC_ASSERT((cols + 1) * std::int64_t{height} * 1.001 >= (rows - 1) * std::int64_t{width});
  }));
}

}  // namespace
}  // namespace ocellus::models
