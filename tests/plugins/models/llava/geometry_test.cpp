// Where tokens lie in the source, through a centre crop and through padding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "plugins/models/common/image/clip_processor.hpp"
#include "plugins/models/llava/prepared_sample.hpp"
#include "tests/plugins/models/llava/support/fixture.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"

namespace ocellus::test {

namespace {

// A picture that is black but for one white rectangle, given in shares of its sides.
Picture with_rectangle(uint32_t width, uint32_t height, const oc_cell& where) {
  Picture picture{width, height, std::vector<uint8_t>(size_t{3} * width * height)};
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x) {
      const float u = (static_cast<float>(x) + 0.5f) / static_cast<float>(width);
      const float v = (static_cast<float>(y) + 0.5f) / static_cast<float>(height);
      if (u < where.x0 || u > where.x1 || v < where.y0 || v > where.y1) continue;
      std::fill_n(picture.rgb.begin() + 3 * (static_cast<std::ptrdiff_t>(y) * width + x), 3, uint8_t{255});
    }
  }
  return picture;
}

nlohmann::json one_image() {
  return nlohmann::json::parse(R"([{"role":"user","content":[{"type":"image"},{"type":"text","text":"?"}]}])");
}

struct Shape {
  const char* name;
  const char* folder;
  uint32_t width, height;
};

class LlavaGeometry : public testing::TestWithParam<Shape> {};

TEST_P(LlavaGeometry, TheBrightestPatchIsTheCellThatWasPainted) {  // promise 4
  const auto cells = [&] {
    RecordingSink sink;
    const auto model = open_model(fixture_root() / GetParam().folder / "model");
    const Conversation conversation(one_image(), {with_rectangle(GetParam().width, GetParam().height, {})});
    model->prepare(conversation.sample(), sink.sink());
    return sink.layouts.at("language").cells;
  }();
  ASSERT_EQ(cells.size(), 9u);
  size_t painted = 0;
  for (const oc_cell& cell : cells) {
    if (cell.x0 < -1e-4f || cell.y0 < -1e-4f || cell.x1 > 1.0001f || cell.y1 > 1.0001f) continue;  // partly padding
    ++painted;
    std::vector<float> pixels;
    const auto model = open_model(fixture_root() / GetParam().folder / "model");
    const Conversation conversation(one_image(), {with_rectangle(GetParam().width, GetParam().height, cell)});
    RecordingSink sink;
    const auto prepared = model->prepare(conversation.sample(), sink.sink());
    pixels = static_cast<const llava::PreparedSample&>(*prepared).pixel_values;
    std::vector<double> brightness(9);
    for (size_t y = 0; y < 42; ++y) {
      for (size_t x = 0; x < 42; ++x) brightness[y / 14 * 3 + x / 14] += static_cast<double>(pixels[y * 42 + x]);
    }
    const auto brightest = std::max_element(brightness.begin(), brightness.end()) - brightness.begin();
    EXPECT_EQ(brightest, cell.row * 3 + cell.col);
    // Its own patch is white nearly everywhere: the rectangle is the cell, not a part or a neighbour of it.
    EXPECT_GT(brightness[static_cast<size_t>(brightest)] / (14 * 14), 1.7);
  }
  EXPECT_GE(painted, 3u);
}

TEST_P(LlavaGeometry, CellsTileWhatTheModelSees) {
  RecordingSink sink;
  const auto model = open_model(fixture_root() / GetParam().folder / "model");
  const Conversation conversation(one_image(), {with_rectangle(GetParam().width, GetParam().height, {})});
  model->prepare(conversation.sample(), sink.sink());
  const KeptLayout& language = sink.layouts.at("language");
  ASSERT_EQ(language.grids.size(), 1u);
  EXPECT_EQ(language.grids[0].source_width, GetParam().width);
  EXPECT_EQ(language.grids[0].model_width, 42u);
  EXPECT_EQ(language.grids[0].rows, 3u);
  const auto& cells = language.cells;
  const auto width = static_cast<float>(GetParam().width), height = static_cast<float>(GetParam().height);
  for (size_t i = 0; i < cells.size(); ++i) {
    EXPECT_NEAR((cells[i].x1 - cells[i].x0) * width, (cells[i].y1 - cells[i].y0) * height, 0.02f * height);
    if (cells[i].col > 0) {
      EXPECT_EQ(cells[i].x0, cells[i - 1].x1);
    }
    if (cells[i].row > 0) {
      EXPECT_EQ(cells[i].y0, cells[i - 3].y1);
    }
  }
  // What is seen lies around the centre of the picture.
  EXPECT_NEAR(cells.front().x0 + cells.back().x1, 1, 0.02);
  EXPECT_NEAR(cells.front().y0 + cells.back().y1, 1, 0.02);
  const bool is_padded = std::string(GetParam().folder) == "pad";
  const float longer = GetParam().width > GetParam().height ? cells.front().x0 : cells.front().y0;
  const float shorter = GetParam().width > GetParam().height ? cells.front().y0 : cells.front().x0;
  if (is_padded) {
    EXPECT_NEAR(longer, 0, 1e-6);
    EXPECT_LT(shorter, -0.1f);
  } else {
    EXPECT_GT(longer, 0.1f);
    EXPECT_NEAR(shorter, 0, 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(, LlavaGeometry,
                         testing::Values(Shape{"CropLandscape", "base", 500, 334},
                                         Shape{"CropPortrait", "base", 210, 400},
                                         Shape{"PadLandscape", "pad", 500, 334}, Shape{"PadPortrait", "pad", 210, 400}),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(LlavaLayout, TheClassTokenHasNoPlace) {
  for (const auto& [name, features] : {std::pair("base", 9), std::pair("full", 10)}) {
    RecordingSink sink;
    const FixtureCase fixture(name);
    open_model(fixture.model_folder)->prepare(fixture.conversation()->sample(), sink.sink());
    const KeptLayout& vision = sink.layouts.at("vision");
    EXPECT_EQ(vision.tokens, 10);
    ASSERT_EQ(vision.segments.size(), 2u);
    EXPECT_EQ(vision.segments[0].kind, static_cast<uint32_t>(OC_SEGMENT_SPECIAL));
    EXPECT_EQ(vision.segments[0].end, 1);
    EXPECT_EQ(vision.cells.size(), 9u);
    EXPECT_EQ(vision.cells[0].token, 1);
    EXPECT_EQ(sink.layouts.at("projector").tokens, features);
    EXPECT_EQ(sink.layouts.at("projector").cells[0].token, features - 9);
    const KeptLayout& language = sink.layouts.at("language");
    EXPECT_EQ(language.token_ids[static_cast<size_t>(language.cells[0].token)], 369);
    EXPECT_EQ(language.cells.back().token - language.cells[0].token, 8);
  }
}

TEST(ClipGeometry, RoundsAsTheReferenceDoes) {  // mistake 4
  models::ClipImageProcessor processor;
  processor.shortest_edge = 336;
  processor.crop = models::Size{336, 336};
  const models::ClipGeometry landscape = models::clip_geometry({334, 500}, processor);
  EXPECT_EQ(landscape.resized, (models::Size{336, 502}));  // 502.99 is cut off
  EXPECT_EQ(landscape.crop_left, 83);
  EXPECT_EQ(landscape.crop_top, 0);
  processor.pad = true;
  const models::ClipGeometry padded = models::clip_geometry({3, 8}, processor);  // mistake 5
  EXPECT_EQ(padded.padded, (models::Size{8, 8}));
  EXPECT_EQ(padded.pad_top, 2);
  EXPECT_EQ(padded.pad_left, 0);
}

TEST(ClipGeometry, ACropLargerThanThePictureIsFilledWithBlack) {
  models::ClipImageProcessor processor;
  processor.resize = false;
  processor.normalize = false;
  processor.crop = models::Size{4, 5};
  const models::ClipGeometry geometry = models::clip_geometry({1, 2}, processor);
  EXPECT_EQ(geometry.crop_top, -2);
  EXPECT_EQ(geometry.crop_left, -2);
  const std::vector<uint8_t> rgb = {255, 0, 0, 255, 0, 0};
  std::vector<float> pixels(3 * 4 * 5);
  models::write_clip_pixels(rgb, geometry, processor, {}, pixels);
  std::vector<float> red(4 * 5, 0.0f);
  red[2 * 5 + 2] = red[2 * 5 + 3] = 1.0f;
  EXPECT_THAT(std::vector(pixels.begin(), pixels.begin() + 20), testing::ElementsAreArray(red));
}

TEST(ClipGeometry, AVeryLongStripIsThatSamplesFault) {
  models::ClipImageProcessor processor;
  EXPECT_THROW(models::clip_geometry({1, 1 << 20}, processor), Error);
  processor.pad = true;
  EXPECT_THROW(models::clip_geometry({1, 1 << 20}, processor), Error);
}

TEST(ClipPixels, PaddingHasTheColourOfTheMean) {  // mistake 5
  models::ClipImageProcessor processor;
  processor.pad = true;
  processor.resize = processor.normalize = processor.rescale = false;
  processor.crop.reset();
  const models::ClipGeometry geometry = models::clip_geometry({1, 2}, processor);
  std::vector<float> pixels(3 * 2 * 2);
  models::write_clip_pixels(std::vector<uint8_t>{1, 2, 3, 4, 5, 6}, geometry, processor, {}, pixels);
  EXPECT_THAT(pixels, testing::ElementsAre(1, 4, 122, 122, 2, 5, 116, 116, 3, 6, 104, 104));
}

}  // namespace

}  // namespace ocellus::test
