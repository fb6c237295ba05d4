#include "plugins/renderers/common/label_placement.hpp"

#include <gtest/gtest.h>

#include <random>

namespace ocellus::drawing {
namespace {

bool overlap(const PixelRect& a, const PixelRect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

void expect_readable(const std::vector<LabelledBox>& boxes, const PixelRect& area,
                     const std::vector<std::optional<PixelRect>>& places) {
  ASSERT_EQ(places.size(), boxes.size());
  for (size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    EXPECT_EQ(places[i]->width, boxes[i].label_width);
    EXPECT_EQ(places[i]->height, boxes[i].label_height);
    EXPECT_GE(places[i]->x, area.x);
    EXPECT_GE(places[i]->y, area.y);
    EXPECT_LE(places[i]->x + places[i]->width, area.x + area.width);
    EXPECT_LE(places[i]->y + places[i]->height, area.y + area.height);
    for (size_t k = 0; k < i; ++k) {
      EXPECT_FALSE(places[k] && overlap(*places[i], *places[k])) << i << " and " << k;
    }
  }
}

TEST(Labels, StandInTheCornerOfALargeBox) {
  const std::vector<LabelledBox> boxes{{{100, 100, 100, 100}, 40, 12}};
  const auto places = place_labels(boxes, {0, 0, 300, 300});
  ASSERT_TRUE(places.front().has_value());
  EXPECT_EQ(places.front()->x, 100);
  EXPECT_EQ(places.front()->y, 100);
}

TEST(Labels, StandBesideASmallBoxAndNotOnItsNeighbours) {
  // A block of 2 x 2 cells in the corner of the picture.
  std::vector<LabelledBox> boxes;
  for (const auto& [x, y] : {std::pair{10, 20}, {40, 20}, {10, 50}, {40, 50}})
    boxes.push_back({{x, y, 30, 30}, 34, 12});
  const PixelRect area{10, 20, 200, 100};
  const auto places = place_labels(boxes, area);
  expect_readable(boxes, area, places);
  for (size_t i = 0; i < boxes.size(); ++i) {
    ASSERT_TRUE(places[i].has_value());
    for (const LabelledBox& other : boxes) EXPECT_FALSE(overlap(*places[i], other.box)) << i;
  }
  EXPECT_FALSE(adjoins(*places[0], boxes[0].box));  // the corner of the picture has no free edge
  EXPECT_TRUE(adjoins(*places[1], boxes[1].box));
}

TEST(Labels, NeverCollideNorLeaveThePicture) {
  std::mt19937 random(3);
  const auto pick = [&random](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
  int placed = 0, dropped = 0;
  for (int round = 0; round < 100; ++round) {
    const PixelRect area{pick(-20, 20), pick(-20, 20), pick(1, 200), pick(1, 200)};
    const int cell = pick(2, 40);
    std::vector<LabelledBox> boxes;
    for (int i = pick(1, 30); i > 0; --i) {
      boxes.push_back(
          {{area.x + cell * pick(-1, 8), area.y + cell * pick(-1, 8), cell, cell}, pick(5, 50), pick(5, 15)});
    }
    const auto places = place_labels(boxes, area);
    expect_readable(boxes, area, places);
    for (const auto& place : places) (place ? placed : dropped)++;
  }
  EXPECT_GT(placed, 200);
  EXPECT_GT(dropped, 20);
}

TEST(Labels, AdjoinByAnEdgeAndNotByACorner) {
  const PixelRect box{10, 10, 10, 10};
  EXPECT_TRUE(adjoins({15, 0, 30, 10}, box));
  EXPECT_TRUE(adjoins({20, 12, 5, 5}, box));
  EXPECT_TRUE(adjoins({12, 12, 5, 5}, box));
  EXPECT_FALSE(adjoins({20, 20, 5, 5}, box));
  EXPECT_FALSE(adjoins({21, 12, 5, 5}, box));
}

}  // namespace
}  // namespace ocellus::drawing
