#include "plugins/methods/raw_attention/rollout.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/plugins/methods/raw_attention/piece.hpp"
#include "tests/support/refusal.hpp"

namespace ocellus::methods {
namespace {

using test::attention;
using test::Piece;
using testing::DoubleNear;
using testing::ElementsAre;

void give(Rollout& rollout, const Piece& piece, HeadReduction heads = HeadReduction::mean) {
  piece.give([&](const Capture& capture) { rollout.add(capture, heads); });
}

// Worked by hand: (A + I) / 2 of two layers, multiplied.
TEST(Rollout, MultipliesTheLayersWithTheirResidual) {
  Rollout rollout(2, {{0}, {1}}, {1}, {0, 1});
  give(rollout, attention(0, 0, {{1.0f, 0.0f}, {0.5f, 0.5f}}));
  give(rollout, attention(1, 0, {{1.0f, 0.0f}, {0.25f, 0.75f}}));
  EXPECT_THAT(rollout.after(0), ElementsAre(DoubleNear(0.25, 1e-7), DoubleNear(0.75, 1e-7)));
  // row 1 of layer 1: (0.125, 0.875) times rows (1, 0) and (0.25, 0.75) of layer 0
  EXPECT_THAT(rollout.after(1), ElementsAre(DoubleNear(0.34375, 1e-7), DoubleNear(0.65625, 1e-7)));
}

TEST(Rollout, ColumnsAreSumsOfTokens) {
  Rollout rollout(3, {{0, 2}, {1}}, {2}, {0});
  give(rollout, attention(0, 0, {{1.0f, 0.0f, 0.0f}, {0.5f, 0.5f, 0.0f}, {0.2f, 0.6f, 0.2f}}));
  EXPECT_THAT(rollout.after(0), ElementsAre(DoubleNear(0.7, 1e-7), DoubleNear(0.3, 1e-7)));
}

TEST(Rollout, SeveralQueriesAreAveraged) {
  Rollout rollout(2, {{0}, {1}}, {0, 1}, {0});
  give(rollout, attention(0, 0, {{1.0f, 0.0f}, {0.5f, 0.5f}}));
  EXPECT_THAT(rollout.after(0), ElementsAre(DoubleNear(0.625, 1e-7), DoubleNear(0.375, 1e-7)));
}

// The largest of several heads is no distribution: the row is divided by its own sum.
TEST(Rollout, NormalisesRowsThatDoNotSumToOne) {
  Rollout rollout(2, {{0}, {1}}, {1}, {0});
  Piece piece{0, {0, 1}, {0, 1}, {0, 1}, {1.0f, 0.0f, 0.8f, 0.2f, 1.0f, 0.0f, 0.2f, 0.8f}, {2, 2, 2}};
  give(rollout, piece, HeadReduction::max);
  EXPECT_THAT(rollout.after(0), ElementsAre(DoubleNear(0.8 / 2.6, 1e-7), DoubleNear(1.8 / 2.6, 1e-7)));
}

TEST(Rollout, PiecesMayBreakALayerAnywhere) {
  const std::vector<std::vector<float>> first{{1.0f, 0.0f}, {0.5f, 0.5f}}, second{{1.0f, 0.0f}, {0.25f, 0.75f}};
  Rollout whole(2, {{0}, {1}}, {1}, {1}), broken(2, {{0}, {1}}, {1}, {1});
  give(whole, attention(0, 0, first)), give(whole, attention(1, 0, second));
  for (int32_t layer : {0, 1}) {
    for (size_t row : {0u, 1u})
      give(broken, attention(layer, static_cast<int64_t>(row), {(layer == 0 ? first : second)[row]}));
  }
  EXPECT_EQ(broken.after(1), whole.after(1));
}

TEST(Rollout, RowsOutOfOrderAreTheModelsFault) {
  Rollout rows(2, {{0}}, {1}, {0}), layers(2, {{0}}, {1}, {0});
  EXPECT_EQ(test::refusal_of([&] { give(rows, attention(0, 1, {{0.5f, 0.5f}})); }).status, OC_E_INTERNAL);
  give(layers, attention(0, 0, {{1.0f, 0.0f}}));
  EXPECT_EQ(test::refusal_of([&] { give(layers, attention(1, 0, {{1.0f, 0.0f}})); }).status, OC_E_INTERNAL);
  EXPECT_THROW(layers.after(0), std::out_of_range);
}

}  // namespace
}  // namespace ocellus::methods
