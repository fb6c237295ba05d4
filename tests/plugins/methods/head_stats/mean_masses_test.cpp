#include "plugins/methods/head_stats/mean_masses.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/plugins/methods/raw_attention/piece.hpp"

namespace ocellus::methods {
namespace {

// Two heads, rows 0 to 2, two key groups; head 1 holds ten times what head 0 does.
const test::Piece layer_four{4, {0, 1}, {0, 1, 2}, {}, {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}, {2, 3, 2}};

TEST(MeanMasses, AreMeansOverTheirOwnQueriesAndKeys) {
  MeanMasses masses({{{0, 2}, 1}, {{1}, 0}}, 3);
  layer_four.give([&](const Capture& piece) { masses.add(piece); });
  EXPECT_EQ(masses.table(0, {4}), (std::vector<double>{4, 40}));
  EXPECT_EQ(masses.table(1, {4}), (std::vector<double>{3, 30}));
}

TEST(MeanMasses, PiecesOfALayerAddUpAndLayersStayApart) {
  MeanMasses masses({{{0, 1, 2}, 0}}, 3);
  test::Piece first{0, {0}, {0}, {}, {3, 0}, {1, 1, 2}}, rest{0, {0}, {1, 2}, {}, {6, 0, 9, 0}, {1, 2, 2}},
      other{2, {0}, {0, 1, 2}, {}, {1, 0, 1, 0, 1, 0}, {1, 3, 2}};
  for (const test::Piece* piece : {&first, &rest, &other})
    piece->give([&](const Capture& given) { masses.add(given); });
  EXPECT_EQ(masses.table(0, {2, 0}), (std::vector<double>{1, 6}));  // in the order asked for
}

TEST(MeanMasses, ALayerThatNeverCameIsAnError) {
  const MeanMasses masses({{{0}, 0}}, 1);
  EXPECT_THROW(masses.table(0, {1}), std::out_of_range);
}

}  // namespace
}  // namespace ocellus::methods
