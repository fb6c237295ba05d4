#include "plugins/models/common/generation/stop_strings.hpp"

#include <gtest/gtest.h>

namespace ocellus::models {

namespace {

TEST(StopStrings, EndTheAnswerWithTheTokenThatCompletesOne) {
  StopStrings stops({"</answer>", "\n\n"});
  EXPECT_FALSE(stops.end_with("yes</ans"));
  EXPECT_FALSE(stops.end_with("wer"));
  EXPECT_TRUE(stops.end_with(">"));
}

TEST(StopStrings, MayBeFollowedByMoreInTheToken) {
  StopStrings stops({"stop"});
  EXPECT_FALSE(stops.end_with("st"));
  EXPECT_TRUE(stops.end_with("opera"));
}

TEST(StopStrings, AnEarlierOneDoesNotCountAgain) {
  StopStrings stops({"a", "aa"});
  EXPECT_TRUE(stops.end_with("a"));
  EXPECT_FALSE(stops.end_with("b"));
  EXPECT_TRUE(stops.end_with("a"));
}

TEST(StopStrings, NoneEndsNothing) {
  StopStrings stops({});
  EXPECT_FALSE(stops.end_with("anything"));
}

}  // namespace

}  // namespace ocellus::models
