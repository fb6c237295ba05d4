// Positions, windows and cells: where tokens lie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <set>
#include <vector>

#include "plugins/models/qwen2_5_vl/positions.hpp"
#include "plugins/models/qwen2_5_vl/windows.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

VisionConfig hub_vision() {
  VisionConfig vision{};
  vision.patch_size = 14;
  vision.merge_size = 2;
  vision.window_size = 112;
  return vision;
}

TEST(RotaryPositions, ContinueAfterTheLargestOfAnImage) {  // mistakes 12 and 13; the vector of model-numerics 2.7
  Prompt prompt{};
  prompt.ids.resize(19);
  prompt.images = {{3, 9}, {13, 17}};
  const std::vector<PatchGrid> grids = {{1, 4, 6}, {1, 4, 4}};
  const Positions positions = rotary_positions(prompt, grids, 2);
  const std::vector<int64_t> expected = {0, 1, 2, 3, 3, 3, 3, 3, 3, 6, 7, 8, 9, 10, 10, 10, 10, 12, 13,   // time
                                         0, 1, 2, 3, 3, 3, 4, 4, 4, 6, 7, 8, 9, 10, 10, 11, 11, 12, 13,   // height
                                         0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 10, 11, 12, 13};  // width
  EXPECT_EQ(positions.axes, expected);
  EXPECT_EQ(positions.next - 19, -5);  // rope_delta
}

TEST(PatchesByUnit, GoBlockByBlock) {  // mistake 6
  const std::vector<PatchGrid> grids = {{1, 4, 4}, {1, 2, 4}};
  EXPECT_EQ(
      patches_by_unit(grids, hub_vision()),
      (std::vector<int64_t>{0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15, 16, 17, 20, 21, 18, 19, 22, 23}));
}

TEST(WindowOrder, ClipsWindowsAtTheBorder) {  // mistake 8
  const std::vector<PatchGrid> grids = {{1, 12, 10}};
  const WindowOrder order = window_order(grids, hub_vision());
  const std::vector<int64_t> begin(order.units.begin(), order.units.begin() + 21);
  EXPECT_EQ(begin, (std::vector<int64_t>{0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 18, 4, 9, 14, 19, 20}));
  EXPECT_EQ(order.window_patches, (std::vector<int64_t>{64, 16, 32, 8}));  // ends at 64, 80, 112, 120
}

TEST(WindowOrder, HasNoEmptyWindowWhereTheGridDivides) {  // mistake 8
  const std::vector<PatchGrid> grids = {{1, 16, 8}};
  EXPECT_EQ(window_order(grids, hub_vision()).window_patches, (std::vector<int64_t>{64, 64}));
}

TEST(WindowOrder, IsAPermutationWhoseWindowsStayInOneFrame) {  // mistake 10
  std::mt19937 random(1);
  std::uniform_int_distribution<int64_t> side(1, 13);
  for (int round = 0; round < 100; ++round) {
    std::vector<PatchGrid> grids;
    std::vector<int64_t> frame_of_unit;
    for (int image = 0; image < 3; ++image) {
      grids.push_back({1 + round % 2, 2 * side(random), 2 * side(random)});
      for (int64_t frame = 0; frame < grids.back().frames; ++frame) {
        frame_of_unit.insert(frame_of_unit.end(), static_cast<size_t>(grids.back().height * grids.back().width / 4),
                             image * 10 + frame);
      }
    }
    const WindowOrder order = window_order(grids, hub_vision());
    const std::set<int64_t> distinct(order.units.begin(), order.units.end());
    ASSERT_EQ(distinct.size(), frame_of_unit.size());
    ASSERT_EQ(order.units.size(), frame_of_unit.size());
    ASSERT_EQ(*distinct.rbegin() + 1, static_cast<int64_t>(frame_of_unit.size()));
    size_t place = 0;
    for (const int64_t patches : order.window_patches) {
      ASSERT_GT(patches, 0);
      ASSERT_LE(patches, 64);
      const int64_t frame = frame_of_unit[static_cast<size_t>(order.units[place])];
      for (int64_t unit = 0; unit < patches / 4; ++unit) {
        ASSERT_EQ(frame_of_unit[static_cast<size_t>(order.units[place++])], frame);
      }
    }
    ASSERT_EQ(place, order.units.size());
  }
}

class LayoutOf : public testing::TestWithParam<const char*> {};

TEST_P(LayoutOf, PartitionsTheTokensAndTilesThePictures) {  // promise 4
  const test::FixtureCase fixture(GetParam());
  const auto model = test::open_model(fixture.model_folder);
  const auto conversation = fixture.conversation();
  test::RecordingSink sink;
  const auto prepared = model->prepare(conversation->sample(), sink.sink());
  for (const auto& [stack, layout] : sink.layouts) {
    int64_t end = 0;
    for (const oc_segment& segment : layout.segments) {
      EXPECT_EQ(segment.begin, end);
      EXPECT_LT(segment.begin, segment.end);
      EXPECT_EQ(segment.kind == OC_SEGMENT_IMAGE, segment.image >= 0);
      end = segment.end;
    }
    EXPECT_EQ(end, layout.tokens);
    size_t at = 0;
    for (const oc_grid& grid : layout.grids) {
      const oc_image& image = conversation->sample().images[grid.image];
      EXPECT_EQ(grid.source_width, image.width);
      EXPECT_EQ(grid.source_height, image.height);
      const uint32_t side = stack == "vision" ? 14 : 28;  // patches, or merged ones
      EXPECT_EQ(grid.model_width, grid.cols * side);
      EXPECT_EQ(grid.model_height, grid.rows * side);
      const auto segment = std::find_if(layout.segments.begin(), layout.segments.end(),
                                        [&](const oc_segment& s) { return s.image == grid.image; });
      ASSERT_NE(segment, layout.segments.end());
      EXPECT_EQ(segment->end - segment->begin, static_cast<int64_t>(grid.rows) * grid.cols);
      for (int64_t token = segment->begin; token < segment->end; ++token, ++at) {
        const oc_cell& cell = layout.cells.at(at);
        const int64_t place = token - segment->begin;
        EXPECT_EQ(cell.token, token);
        EXPECT_EQ(cell.image, grid.image);
        EXPECT_EQ(cell.row * static_cast<int64_t>(grid.cols) + cell.col, place);
        EXPECT_FLOAT_EQ(cell.x0 * static_cast<float>(grid.cols), static_cast<float>(cell.col));
        EXPECT_FLOAT_EQ(cell.y1 * static_cast<float>(grid.rows), static_cast<float>(cell.row + 1));
      }
    }
    EXPECT_EQ(at, layout.cells.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, LayoutOf,
                         testing::Values("base", "tied", "two_images", "two_turns", "exif", "text_only", "qwen2_vl"),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST(Layout, AnExtremePictureKeepsItsShape) {  // a portrait picture has a portrait grid
  const auto model = test::open_model(test::fixture_root() / "base" / "model");
  const test::Conversation conversation(
      nlohmann::json::parse(R"([{"role":"user","content":[{"type":"image"},{"type":"text","text":"?"}]}])"),
      {{60, 300, std::vector<uint8_t>(60 * 300 * 3)}});
  test::RecordingSink sink;
  const auto prepared = model->prepare(conversation.sample(), sink.sink());
  const oc_grid& grid = sink.layouts.at("language").grids.at(0);
  EXPECT_EQ(grid.cols, 2u);
  EXPECT_EQ(grid.rows, 11u);
}

}  // namespace

}  // namespace ocellus::qwen2_5_vl
