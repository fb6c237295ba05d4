#include "plugins/models/common/image/resize_pil.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ocellus/sdk/error.hpp>

#include "tests/support/npz.hpp"

namespace ocellus::models {
namespace {

using test::NpyArray;

Size size_of(const NpyArray& picture) {
  return {static_cast<int>(picture.shape.at(0)), static_cast<int>(picture.shape.at(1))};
}

// `array` is stored where it differs from Pillow 13's result.
void expect_equal(const std::string& array, PassOrder order) {
  const auto arrays = test::read_npz(OCELLUS_TEST_DATA "/image/resize.npz");
  int cases = 0, own_arrays = 0;
  for (const auto& [name, before] : arrays) {
    if (!name.ends_with(".before")) continue;
    const std::string stem = name.substr(0, name.size() - 7);
    own_arrays += static_cast<int>(arrays.count(stem + array));
    const NpyArray& after = arrays.at(arrays.contains(stem + array) ? stem + array : stem + ".after");
    const auto ours =
        resize_pil(before.as<std::uint8_t>(), size_of(before), size_of(after), PillowFilter::bicubic, order);
    const auto theirs = after.as<std::uint8_t>();
    ASSERT_EQ(ours.size(), theirs.size()) << stem;
    const auto [mine, other] = std::mismatch(ours.begin(), ours.end(), theirs.begin());
    EXPECT_TRUE(mine == ours.end()) << stem << ": byte " << mine - ours.begin() << " is " << int{*mine} << ", not "
                                    << int{*other};
    ++cases;
  }
  EXPECT_EQ(cases, 19);
  EXPECT_GT(own_arrays, 0);
}

TEST(ResizePil, EqualsPillow13ByteForByte) {
  expect_equal(".after", PassOrder::pillow_13);
}

TEST(ResizePil, EqualsOlderPillowsByteForByte) {
  expect_equal(".width_first", PassOrder::width_first);
}

TEST(ResizePil, LanczosEqualsPillowByteForByte) {
  const auto arrays = test::read_npz(OCELLUS_TEST_DATA "/image/lanczos.npz");
  int cases = 0;
  for (const auto& [name, before] : arrays) {
    if (!name.ends_with(".before")) continue;
    const NpyArray& after = arrays.at(name.substr(0, name.size() - 7) + ".after");
    const auto theirs = after.as<std::uint8_t>();
    EXPECT_EQ(resize_pil(before.as<std::uint8_t>(), size_of(before), size_of(after), PillowFilter::lanczos),
              (std::vector<std::uint8_t>{theirs.begin(), theirs.end()}))
        << name;
    ++cases;
  }
  EXPECT_EQ(cases, 7);
}

TEST(ResizePil, KeepsAPlainPicturePlain) {
  const std::vector<std::uint8_t> white(33 * 65 * 3, 255);
  const auto resized = resize_pil(white, {33, 65}, {70, 41});
  EXPECT_EQ(resized, std::vector<std::uint8_t>(70 * 41 * 3, 255));
}

TEST(ResizePil, RefusesSizesThatDoNotFit) {
  const std::vector<std::uint8_t> rgb(4 * 5 * 3);
  EXPECT_NO_THROW(resize_pil(rgb, {4, 5}, {1, 1}));
  EXPECT_THROW(resize_pil(rgb, {5, 5}, {1, 1}), Error);
  EXPECT_THROW(resize_pil(rgb, {4, 5}, {0, 1}), Error);
  EXPECT_THROW(resize_pil(rgb, {-4, -5}, {1, 1}), Error);
}

}  // namespace
}  // namespace ocellus::models
