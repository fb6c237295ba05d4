#include "plugins/models/common/image/patches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <vector>

#include "plugins/models/common/image/resize_pil.hpp"
#include "tests/support/npz.hpp"

namespace ocellus::models {
namespace {

using testing::HasSubstr;

QwenImageProcessor unnormalised() {
  QwenImageProcessor processor;
  processor.rescale = false;
  processor.normalize = false;
  return processor;
}

std::vector<float> patches_of(std::span<const std::uint8_t> rgb, Size size, const QwenImageProcessor& processor) {
  const Size grid = patch_grid(size, processor);
  std::vector<float> rows(static_cast<std::size_t>(grid.height * grid.width * patch_width(processor)));
  write_patches(rgb, size, processor, rows);
  return rows;
}

TEST(Patches, RowsVisitMergedBlocks) {
  constexpr Size size{4 * 14, 6 * 14};
  std::vector<std::uint8_t> rgb;  // of each pixel, the number of its patch in raster order
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) rgb.insert(rgb.end(), 3, static_cast<std::uint8_t>(y / 14 * 6 + x / 14));
  const auto rows = patches_of(rgb, size, unnormalised());
  const std::vector<int> order{0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, 12, 13, 18, 19, 14, 15, 20, 21, 16, 17, 22, 23};
  ASSERT_EQ(rows.size(), order.size() * 1176);
  for (std::size_t row = 0; row < order.size(); ++row)
    for (std::size_t column = 0; column < 1176; ++column)
      ASSERT_EQ(rows[row * 1176 + column], static_cast<float>(order[row])) << "row " << row << ", column " << column;
}

TEST(Patches, ColumnsAreChannelThenFrame) {
  constexpr Size size{28, 28};
  std::vector<std::uint8_t> rgb;
  for (int i = 0; i < 28 * 28; ++i) rgb.insert(rgb.end(), {1, 2, 3});
  const auto rows = patches_of(rgb, size, unnormalised());
  ASSERT_EQ(rows.size(), 4u * 1176);
  for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i], static_cast<float>(i % 1176 / 392 + 1)) << i;
}

TEST(Patches, ColumnsWithinAFrameAreRaster) {
  QwenImageProcessor processor = unnormalised();
  processor.patch_size = 3;
  processor.merge_size = 1;
  std::vector<std::uint8_t> rgb;
  for (std::uint8_t i = 0; i < 27; ++i) rgb.push_back(i);
  const auto rows = patches_of(rgb, {3, 3}, processor);
  ASSERT_EQ(rows.size(), 54u);
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i], static_cast<float>(i % 9 * 3 + i / 18)) << "column " << i;
}

TEST(Patches, BlackAndWhiteAreThePublishedNumbers) {
  std::vector<std::uint8_t> rgb(28 * 28 * 3, 0);
  std::fill(rgb.begin() + 14 * 28 * 3, rgb.end(), 255);
  const auto rows = patches_of(rgb, {28, 28}, QwenImageProcessor{});
  const float* black = rows.data();
  const float* white = rows.data() + 2 * 1176;
  EXPECT_FLOAT_EQ(black[0], -1.7922626f);
  EXPECT_FLOAT_EQ(black[392], -1.7520971f);
  EXPECT_FLOAT_EQ(black[784], -1.4802198f);
  EXPECT_FLOAT_EQ(white[0], 1.9303361f);
  EXPECT_FLOAT_EQ(white[392], 2.0748837f);
  EXPECT_FLOAT_EQ(white[784], 2.1458969f);
}

// Size, resizing and patches together, against the slow processor of transformers.
TEST(Patches, EqualTransformersBitForBit) {
  const auto arrays = test::read_npz(OCELLUS_TEST_DATA "/image/pixel_values.npz");
  std::ifstream file(OCELLUS_TEST_DATA "/image/pixel_values.json");
  const auto configs = nlohmann::json::parse(file).at("configs");
  ASSERT_EQ(configs.size(), 8u);
  for (const auto& [name, config] : configs.items()) {
    SCOPED_TRACE(name);
    const auto processor = parse_processor_config(config.dump(), name);
    const auto& picture = arrays.at(name + ".rgb");
    const Size size{static_cast<int>(picture.shape.at(0)), static_cast<int>(picture.shape.at(1))};
    const Size processed = processed_size(size, processor);
    const Size grid = patch_grid(processed, processor);
    EXPECT_THAT(arrays.at(name + ".grid_thw").as<std::int64_t>(), testing::ElementsAre(1, grid.height, grid.width));

    const auto& expected = arrays.at(name + ".pixel_values");
    EXPECT_THAT(expected.shape, testing::ElementsAre(grid.height * grid.width, patch_width(processor)));
    const auto theirs = expected.as<float>();
    const auto ours = patches_of(resize_pil(picture.as<std::uint8_t>(), size, processed), processed, processor);
    ASSERT_EQ(ours.size(), theirs.size());
    EXPECT_EQ(std::memcmp(ours.data(), theirs.data(), theirs.size_bytes()), 0);
  }
}

TEST(Patches, UnresizedPicturesMustSplitIntoBlocks) {
  QwenImageProcessor processor;
  processor.resize = false;
  EXPECT_EQ(processed_size({56, 28}, processor), (Size{56, 28}));
  try {
    processed_size({56, 42}, processor);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_SAMPLE);
    EXPECT_THAT(error.what(), HasSubstr("42x56"));
    EXPECT_THAT(error.what(), HasSubstr("multiples of 28"));
  }
}

TEST(Patches, RefuseLengthsThatDoNotFit) {
  const std::vector<std::uint8_t> rgb(28 * 28 * 3);
  std::vector<float> rows(4 * 1176);
  EXPECT_NO_THROW(write_patches(rgb, {28, 28}, QwenImageProcessor{}, rows));
  EXPECT_THROW(write_patches(rgb, {28, 56}, QwenImageProcessor{}, rows), Error);
  EXPECT_THROW(write_patches(rgb, {14, 56}, QwenImageProcessor{}, rows), Error);
  EXPECT_THROW(write_patches(rgb, {28, 28}, QwenImageProcessor{}, std::span(rows).first(1176)), Error);
}

}  // namespace
}  // namespace ocellus::models
