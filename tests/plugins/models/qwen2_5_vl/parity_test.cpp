// What this model alone has, against what transformers computed; the rest is compared beside it.
#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "plugins/models/common/image/patches.hpp"
#include "plugins/models/common/image/processor_config.hpp"
#include "tests/plugins/models/support/parity.hpp"

namespace ocellus::test {

namespace {

TEST_P(Parity, PositionsAreExact) {  // mistakes 12, 13
  const NpyArray expected = fixture().expected("position_ids");
  const auto ids = expected.as<int64_t>();
  const KeptInput& input = run->sink.inputs.at(run->positions);
  EXPECT_EQ(input.shape, expected.shape);
  EXPECT_EQ(input.integers, std::vector<int64_t>(ids.begin(), ids.end()));
}

TEST_P(Parity, GridsAndPixelsAreExact) {  // mistakes 1, 2, 3, 6, 7
  const KeptInput& grids = run->sink.inputs.at(run->grids);
  const KeptInput& pixels = run->sink.inputs.at(run->pixels);
  if (!fixture().has("image_grid_thw")) {
    EXPECT_EQ(grids.shape, (std::vector<int64_t>{0, 3}));
    EXPECT_TRUE(pixels.floats.empty());
    return;
  }
  const NpyArray expected = fixture().expected("image_grid_thw");
  const auto sizes = expected.as<int64_t>();
  ASSERT_EQ(grids.integers, std::vector<int64_t>(sizes.begin(), sizes.end()));
  std::vector<float> rows;
  for (size_t image = 0; image < sizes.size() / 3; ++image) {
    const NpyArray resized = fixture().expected("resized_pixels_" + std::to_string(image));
    const models::Size size{static_cast<int>(resized.shape[0]), static_cast<int>(resized.shape[1])};
    const auto processor = models::read_processor_config(fixture().model_folder);
    std::vector<float> part(static_cast<size_t>(sizes[3 * image + 1] * sizes[3 * image + 2] * 1176));
    models::write_patches(resized.as<uint8_t>(), size, processor, part);
    rows.insert(rows.end(), part.begin(), part.end());
  }
  // Equal after normalisation, which is one-to-one: the resized bytes were equal.
  EXPECT_EQ(pixels.floats, rows);
  if (fixture().has("pixel_values")) {
    const NpyArray reference = fixture().expected("pixel_values");
    EXPECT_EQ(pixels.shape, reference.shape);
    EXPECT_LE(largest_difference(pixels.floats, reference.as<float>()), 1e-6);
  }
}

TEST_P(Parity, VisionFeatures) {  // mistakes 8, 9, 10, 11, 14, 19
  if (!fixture().has("vision_hidden")) {
    EXPECT_EQ(run->sink.layouts.at("projector").tokens, 0);
    return;
  }
  const NpyArray expected = fixture().expected("vision_hidden");
  const auto features = run->all_rows(run->features, 0, expected.shape[0]);
  EXPECT_LE(largest_difference(features, expected.as<float>()), relative_gate("vision_hidden"));
}

TEST_P(Parity, VisionAttentions) {  // mistakes 8, 10, 11, 25
  const KeptLayout& layout = run->sink.layouts.at("vision");
  const auto patches = static_cast<size_t>(layout.tokens);
  const auto heads = static_cast<size_t>(run->tower_heads);
  for (const int64_t block : run->blocks) {
    for (const oc_segment& image : layout.segments) {
      for (int64_t row = image.begin; row < image.end; ++row) {
        const std::span<const float> values = run->sink.row(run->tower, block, row).values;
        ASSERT_EQ(values.size(), heads * patches);
        for (size_t head = 0; head < heads; ++head) {
          double own = 0;
          for (size_t key = 0; key < patches; ++key) {
            const float value = values[head * patches + key];
            if (static_cast<int64_t>(key) >= image.begin && static_cast<int64_t>(key) < image.end) {
              own += static_cast<double>(value);
            } else {
              EXPECT_EQ(value, 0.0f);
            }
          }
          EXPECT_NEAR(own, 1, 1e-5);
        }
      }
    }
  }
  if (!fixture().has("vision_attentions")) return;
  const NpyArray expected = fixture().expected("vision_attentions");
  const auto reference = expected.as<float>();
  const auto rows = static_cast<size_t>(expected.shape[2]), step = size_t{7};
  ASSERT_EQ(expected.shape[0], static_cast<int64_t>(run->blocks.size()));
  ASSERT_EQ(expected.shape[1], static_cast<int64_t>(heads));
  ASSERT_EQ(rows, (patches + step - 1) / step);
  ASSERT_EQ(expected.shape[3], layout.tokens);
  double largest = 0;
  for (size_t block = 0; block < run->blocks.size(); ++block) {
    for (size_t row = 0; row < rows; ++row) {
      const std::span<const float> values =
          run->sink.row(run->tower, run->blocks[block], static_cast<int64_t>(row * step)).values;
      for (size_t head = 0; head < heads; ++head) {
        const auto theirs = reference.subspan(((block * heads + head) * rows + row) * patches, patches);
        largest = std::max(largest, largest_difference(values.subspan(head * patches, patches), theirs));
      }
    }
  }
  EXPECT_LE(largest, fixture().tolerance("vision_attentions", 2e-6));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Parity,
                         testing::Values("base", "tied", "two_images", "two_turns", "exif", "text_only", "given_answer",
                                         "penalty", "sharded", "nested", "bf16", "qwen2_vl", "qwen2_vl_nested"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace

}  // namespace ocellus::test
