#include "plugins/methods/raw_attention/row_means.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/plugins/methods/raw_attention/piece.hpp"

namespace ocellus::methods {
namespace {

using test::Piece;

// Two heads, two rows, three keys.
const Piece both{2, {0, 1}, {5, 6}, {1, 3, 8}, {1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 0}, {2, 2, 3}};

TEST(RowMeans, HeadsThenRows) {
  RowMeans mean, max;
  both.give([&](const Capture& capture) {
    mean.add(capture, HeadReduction::mean);
    max.add(capture, HeadReduction::max);
  });
  EXPECT_EQ(mean.rows(2), 2u);
  EXPECT_EQ(mean.place_of(8), 2u);
  EXPECT_DOUBLE_EQ(mean.at(2, 0), (1 + 7 + 4 + 10) / 4.0);
  EXPECT_DOUBLE_EQ(max.at(2, 0), (7 + 10) / 2.0);
  EXPECT_DOUBLE_EQ(max.at(2, mean.place_of(3)), (2 + 11) / 2.0);
}

TEST(RowMeans, HeadsStayApart) {
  RowMeans each;
  both.give([&](const Capture& capture) { each.add(capture, HeadReduction::none); });
  EXPECT_DOUBLE_EQ(each.at(2, 0, 0), (1 + 4) / 2.0);
  EXPECT_DOUBLE_EQ(each.at(2, 0, 1), (7 + 10) / 2.0);
  EXPECT_DOUBLE_EQ(each.at(2, 2, 1), (9 + 0) / 2.0);
  EXPECT_THROW(each.at(2, 0, 2), std::out_of_range);
}

TEST(RowMeans, PiecesAddUp) {
  RowMeans whole, broken;
  both.give([&](const Capture& capture) { whole.add(capture, HeadReduction::mean); });
  const Piece first{2, {0, 1}, {5}, {1, 3, 8}, {1, 2, 3, 7, 0, 9}, {2, 1, 3}};
  const Piece second{2, {0, 1}, {6}, {1, 3, 8}, {4, 5, 6, 10, 11, 0}, {2, 1, 3}};
  for (const Piece& piece : {first, second}) {
    piece.give([&](const Capture& capture) { broken.add(capture, HeadReduction::mean); });
  }
  for (size_t place = 0; place < 3; ++place) EXPECT_DOUBLE_EQ(broken.at(2, place), whole.at(2, place));
}

TEST(RowMeans, ALayerThatDidNotComeHasNoMean) {
  RowMeans means;
  EXPECT_TRUE(means.empty());
  both.give([&](const Capture& capture) { means.add(capture, HeadReduction::mean); });
  EXPECT_FALSE(means.empty());
  EXPECT_THROW(means.at(1, 0), std::out_of_range);
}

}  // namespace
}  // namespace ocellus::methods
