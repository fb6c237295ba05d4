#include "host/faithfulness/order.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "tests/host/faithfulness/pictures.hpp"

namespace ocellus::faithfulness {
namespace {

using ::testing::ElementsAre;

const Grid nine(even_cells(3, 3), 30, 30);

TEST(Order, RandomIsAPermutationThatItsSeedAloneDecides) {
  const Order order = random_order(nine, 5);
  EXPECT_THAT(order, ::testing::UnorderedElementsAreArray(nine.visible()));
  EXPECT_EQ(order, random_order(nine, 5));
  EXPECT_NE(order, random_order(nine, 6));
}

TEST(Order, RandomGivesEveryCellEveryPlaceAboutEquallyOften) {
  constexpr int draws = 9000;
  std::array<std::array<int, 9>, 9> counts{};
  for (uint64_t seed = 0; seed < draws; ++seed) {
    const Order order = random_order(nine, seed);
    for (size_t place = 0; place < order.size(); ++place) ++counts[order[place]][place];
  }
  // Binomial: 1000 of each, with a deviation of 30.
  for (const auto& of_cell : counts)
    EXPECT_THAT(of_cell, ::testing::Each(::testing::AllOf(::testing::Gt(850), ::testing::Lt(1150))));
}

TEST(Order, TheHottestComesFirstAndTiesAreAsDrawn) {
  const Order ties{8, 7, 6, 5, 4, 3, 2, 1, 0};
  const std::vector<double> values{0, 3, 0, 1, 0, 3, -2, 0, 0};
  EXPECT_THAT(order_by(values, ties), ElementsAre(5, 1, 3, 8, 7, 4, 2, 0, 6));
}

TEST(Order, TiesOfAMapAreDrawnAnewForAnotherSeed) {
  const std::vector<double> constant(9, 0.5);
  EXPECT_EQ(order_by(constant, random_order(nine, 1)), random_order(nine, 1));
}

TEST(Order, CellsAtTheSameDistanceFromTheCentreTie) {
  const std::vector<double> nearness = nearness_to_centre(nine);
  EXPECT_EQ(nearness[4], 0);
  for (const size_t beside : {1u, 3u, 5u, 7u}) EXPECT_EQ(nearness[beside], -1000) << beside;
  for (const size_t corner : {0u, 2u, 6u, 8u}) EXPECT_EQ(nearness[corner], -1414) << corner;
}

TEST(Order, TheCentreIsThatOfThePictureInPixels) {
  // Wide cells: the neighbours above and below are nearer than those on the sides.
  const Grid wide(even_cells(3, 3), 300, 30);
  const std::vector<double> nearness = nearness_to_centre(wide);
  EXPECT_GT(nearness[1], nearness[3]);
}

TEST(Order, TheOracleCountsThePixelsInBoxes) {
  // 15 of the first cell's 10 x 10 pixels are in one box, 4 more in another; the middle is half in.
  const std::vector<Box> boxes{{0, 0, 5, 3}, {8, 8, 10, 10}, {10, 10, 20, 15}};
  const std::vector<double> shares = share_in_boxes(nine, boxes);
  EXPECT_DOUBLE_EQ(shares[0], 0.19);
  EXPECT_DOUBLE_EQ(shares[4], 0.5);
  EXPECT_EQ(std::count(shares.begin(), shares.end(), 0.0), 7);
}

TEST(Order, OverlappingBoxesCountOnce) {
  const std::vector<Box> boxes{{0, 0, 10, 10}, {0, 0, 10, 10}};
  EXPECT_EQ(share_in_boxes(nine, boxes)[0], 1);
}

}  // namespace
}  // namespace ocellus::faithfulness
