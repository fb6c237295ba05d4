#include "plugins/methods/raw_attention/sinks.hpp"

#include <gtest/gtest.h>

#include "tests/plugins/methods/raw_attention/piece.hpp"

namespace ocellus::methods {
namespace {

using test::Piece;

// Three states of width 400: ones, with `spike` at the dimension given (none below 0).
Piece states(const std::vector<int>& dimensions, float spike) {
  Piece piece{1, {}, {}, {}, {}, {static_cast<int64_t>(dimensions.size()), 400}};
  const std::vector<int64_t> tokens{0, 4, 5, 6};
  for (size_t row = 0; row < dimensions.size(); ++row) {
    piece.rows.push_back(tokens[row]);
    std::vector<float> state(400, 1.0f);
    if (dimensions[row] >= 0) state[static_cast<size_t>(dimensions[row])] = spike;
    piece.values.insert(piece.values.end(), state.begin(), state.end());
  }
  return piece;
}

SinkFinder found(const Piece& piece, double threshold) {
  SinkFinder finder(threshold);
  piece.give([&](const Capture& capture) { finder.add(capture); });
  return finder;
}

TEST(Sinks, ShareTheFirstTokensMassiveDimension) {
  // A spike of 200 gives an RMS of about 10.05: 19.9 times the RMS.
  const SinkFinder finder = found(states({7, 7, 8, -1}, -200.0f), 15);
  EXPECT_EQ(finder.dimensions(1), 1u);
  EXPECT_TRUE(finder.is_sink(1, 4));
  EXPECT_FALSE(finder.is_sink(1, 5));  // massive elsewhere
  EXPECT_FALSE(finder.is_sink(1, 6));
}

TEST(Sinks, TheThresholdDecides) {
  EXPECT_EQ(found(states({7, 7}, 200.0f), 19.5).dimensions(1), 1u);
  EXPECT_EQ(found(states({7, 7}, 200.0f), 20).dimensions(1), 0u);
}

TEST(Sinks, AFirstTokenWithoutMassiveActivationsMakesNone) {
  const SinkFinder finder = found(states({-1, 7}, 200.0f), 15);
  EXPECT_EQ(finder.dimensions(1), 0u);
  EXPECT_FALSE(finder.is_sink(1, 4));
}

}  // namespace
}  // namespace ocellus::methods
