// Boxes, hottest cells with their tags, contours.
#include <array>
#include <string>
#include <vector>

#include "tests/plugins/renderers/overlay/overlay_fixture.hpp"

namespace ocellus::overlay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(OverlayTest, MarksBoxesAndTheHottestCellOnlyOnRequest) {
  const Rgb box_colour{0, 230, 255};
  const auto draw = [&](const std::string& more) {
    open("style=overlay,colormap=viridis,interpolation=cells,alpha=1" + more, 600, 600);
    host_->boxes = {{"square", 0, 0, 400, 100, 500, 300}, {"elsewhere", 1, 0, 0, 0, 50, 50}};
    map(spot(3, 3, 1, 0), 3, 3).commit();
    EXPECT_EQ(render(), OC_OK);
    return png("raw-attention.png");
  };
  const Png plain = draw("");
  EXPECT_EQ(plain.around(box_colour, plain.whole()).width, 0);
  EXPECT_EQ(plain.around(kWhite, plain.whole()).width, 0);
  const Png boxes = draw(",boxes=on");
  expect_rect(boxes.around(box_colour, boxes.whole()), {400, 100, 100, 200}, 4);
  const Png hottest = draw(",top=1");
  expect_rect(hottest.around(kWhite, hottest.whole()), {0, 200, 200, 200}, 4);
}

TEST_F(OverlayTest, BoxesTheHottestCellsWithTheirRanks) {
  // Cells of 100 pixels, far from each other; the two equal ones in the order of rows.
  std::vector<float> values(36, 0.0F);
  values[1 * 6 + 4] = 0.2F, values[4 * 6 + 1] = 0.2F, values[4 * 6 + 4] = 0.7F, values[1 * 6 + 1] = 0.1F;
  const auto draw = [&](int top) {
    open("style=overlay,colormap=viridis,interpolation=cells,alpha=1,top=" + std::to_string(top), 600, 600);
    map(values, 6, 6).commit();
    EXPECT_EQ(render(), OC_OK);
    return png("raw-attention.png");
  };
  const std::array<PixelRect, 4> cells{
      {{400, 400, 100, 100}, {400, 100, 100, 100}, {100, 400, 100, 100}, {100, 100, 100, 100}}};
  for (int top = 0; top <= 4; ++top) {
    const Png picture = draw(top);
    for (int k = 0; k < 4; ++k) {
      const PixelRect framed = picture.around(kWhite, cells[static_cast<size_t>(k)]);
      EXPECT_EQ(framed.width > 95, k < top) << "cell " << k << " of " << top;
    }
  }
  // More than there are: every cell has its frame.
  const Png all = draw(100);
  for (int at = 100; at < 600; at += 100) {
    EXPECT_EQ(all.around(kWhite, {at - 1, 0, 2, 600}).height, 600) << at;
    EXPECT_EQ(all.around(kWhite, {0, at - 1, 600, 2}).width, 600) << at;
  }
}

TEST_F(OverlayTest, TagsStandOnTheMapAndNotOnEachOther) {
  open("style=overlay,colormap=viridis,interpolation=cells,alpha=1,top=9", 600, 600);
  std::vector<float> values(144, 0.0F);
  for (int k = 0; k < 9; ++k) values[static_cast<size_t>((k / 3) * 12 + k % 3)] = 1.0F + static_cast<float>(k);
  map(values, 12, 12).commit();
  ASSERT_EQ(render(), OC_OK);
  // White letters' grounds: each tag is a white block with a black frame inside its own cell of 50 pixels.
  const Png picture = png("raw-attention.png");
  for (int k = 0; k < 9; ++k) {
    const PixelRect cell{k % 3 * 50, k / 3 * 50, 50, 50};
    int white = 0;
    for (int y = cell.y + 4; y < cell.y + 46; ++y) {
      for (int x = cell.x + 4; x < cell.x + 46; ++x) white += picture.at(x, y) == kWhite ? 1 : 0;
    }
    EXPECT_GT(white, 60) << k;
  }
  EXPECT_EQ(picture.around(kWhite, {160, 160, 400, 400}).width, 0);
}

TEST_F(OverlayTest, ContoursAreDrawnAtTheLevelsAskedFor) {
  const auto coloured = [&](const std::string& more) {
    open("style=contour,colormap=viridis,dpi=100,size=3,title=off" + more, 300, 200);
    map({0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F}, 2, 3).commit();
    EXPECT_EQ(render(), OC_OK) << (host_->failures.empty() ? "" : host_->failures.front());
    const Png picture = png("raw-attention.png");
    const PixelRect source = picture.around(kSource, picture.whole());
    EXPECT_EQ(source.width, 300);
    std::vector<int> lines;  // columns where the source is covered, counted from its left
    for (int x = 0; x < 300; ++x) {
      const bool covered = picture.at(source.x + x, source.y + 100) != kSource;
      if (covered && (lines.empty() || lines.back() < x - 8)) lines.push_back(x);
    }
    return lines;
  };
  EXPECT_EQ(coloured("").size(), 5U);
  EXPECT_EQ(coloured(",levels=2").size(), 2U);
  EXPECT_THAT(coloured(",levels-at=1"), ElementsAre(testing::AllOf(testing::Ge(146), testing::Le(150))));
  EXPECT_EQ(coloured(",levels-at=5e-1+1.5").size(), 2U);
}

TEST_F(OverlayTest, LevelsThatAreNoNumbersAreRefused) {
  for (const char* text : {"levels-at=low", "levels-at=1+", "levels-at=+1", "levels-at=1++2", "levels-at=nan"}) {
    open(std::string("style=contour,") + text, 80, 40);
    EXPECT_EQ(render(), OC_E_OPTION) << text;
    EXPECT_THAT(host_->failures, ElementsAre(HasSubstr(std::string(text) + " is not a list of numbers")));
  }
}

}  // namespace
}  // namespace ocellus::overlay
