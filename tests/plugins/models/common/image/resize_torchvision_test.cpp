#include "plugins/models/common/image/resize_torchvision.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "tests/support/npz.hpp"

namespace ocellus::models {
namespace {

using test::NpyArray;

Size size_of(const NpyArray& picture) {
  return {static_cast<int>(picture.shape.at(0)), static_cast<int>(picture.shape.at(1))};
}

TEST(ResizeTorchvision, EqualsTheReferenceByteForByte) {
  const auto arrays = test::read_npz(OCELLUS_TEST_DATA "/image/resize.npz");
  int cases = 0, other_than_pillow = 0;
  for (const auto& [name, before] : arrays) {
    if (!name.ends_with(".before")) continue;
    const std::string stem = name.substr(0, name.size() - 7);
    const NpyArray& after = arrays.at(stem + ".torchvision");
    const auto ours = resize_torchvision_bicubic(before.as<std::uint8_t>(), size_of(before), size_of(after));
    const auto theirs = after.as<std::uint8_t>(), pillow = arrays.at(stem + ".after").as<std::uint8_t>();
    EXPECT_TRUE(std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end())) << stem;
    other_than_pillow += std::equal(ours.begin(), ours.end(), pillow.begin(), pillow.end()) ? 0 : 1;
    ++cases;
  }
  EXPECT_EQ(cases, 19);
  EXPECT_GT(other_than_pillow, 0);  // else the fixture could not tell one from the other
}

TEST(ResizeTorchvision, RefusesSizesThatDoNotFit) {
  const std::vector<std::uint8_t> rgb(4 * 5 * 3);
  EXPECT_NO_THROW(resize_torchvision_bicubic(rgb, {4, 5}, {1, 1}));
  EXPECT_THROW(resize_torchvision_bicubic(rgb, {5, 5}, {1, 1}), Error);
  EXPECT_THROW(resize_torchvision_bicubic(rgb, {4, 5}, {0, 1}), Error);
  EXPECT_THROW(resize_torchvision_bicubic(rgb, {-4, -5}, {1, 1}), Error);
}

}  // namespace
}  // namespace ocellus::models
