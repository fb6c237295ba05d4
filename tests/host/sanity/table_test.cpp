#include "host/sanity/table.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/stored_table.hpp"

namespace ocellus::sanity {
namespace {

using test::numbers;
using test::words;

constexpr Stage half{Check::weights, 2}, all{Check::weights, 4}, image{Check::image, 0};

Reaction reaction(const std::string& label, const Stage& stage, std::optional<double> correlation) {
  return {label, 3, 0, stage, correlation, correlation ? "" : "it means nothing"};
}

TEST(Table, TellsWhatAMapDoesNotReactTo) {
  Table table(0.9, 4);
  table.add({reaction("a", half, 1), reaction("a", all, 0.5), reaction("a", image, 0.95)});
  table.add({reaction("a", half, 1), reaction("a", all, 0.1), reaction("a", image, 0.93)});
  const auto rows = table.rows();
  ASSERT_EQ(rows.size(), 1u);
  ASSERT_EQ(rows[0].cells.size(), 3u);
  EXPECT_EQ(rows[0].cells[0].verdict, Verdict::partial) << "a stage before the last decides nothing";
  EXPECT_EQ(rows[0].cells[1].verdict, Verdict::reacts);
  EXPECT_EQ(rows[0].cells[2].verdict, Verdict::does_not_react);
  EXPECT_DOUBLE_EQ(rows[0].cells[1].correlation.value(), 0.3);
  EXPECT_DOUBLE_EQ(rows[0].cells[1].correlation.error(), 0.2);
}

TEST(Table, OfMapsThatMeanNothingNothingIsKnown) {
  Table table(0.9, 4);
  table.add({reaction("a", image, std::nullopt), reaction("b", image, std::nullopt)});
  table.add({reaction("a", image, std::nullopt), reaction("b", image, 0.2)});
  const auto rows = table.rows();
  EXPECT_EQ(rows.at(0).cells.at(0).verdict, Verdict::unknown);
  EXPECT_EQ(rows.at(0).cells.at(0).undefined, 2u);
  EXPECT_EQ(rows.at(1).cells.at(0).verdict, Verdict::reacts);
  EXPECT_EQ(rows.at(1).cells.at(0).undefined, 1u);
}

TEST(Table, IsStoredLineByLine) {
  Table table(0.9, 4);
  table.add({reaction("a", half, 1), reaction("b", image, std::nullopt), reaction("a", all, 1)});
  const store::ArtifactData stored = table.artifact();
  EXPECT_THAT(words(stored, "label"), ::testing::ElementsAre("a", "a", "b"));
  EXPECT_THAT(words(stored, "check"), ::testing::ElementsAre("weights", "weights", "image"));
  EXPECT_THAT(words(stored, "reacts"), ::testing::ElementsAre("-", "no", "unknown"));
  EXPECT_THAT(numbers(stored, "layer"), ::testing::Each(3));
  EXPECT_THAT(numbers(stored, "n"), ::testing::ElementsAre(1, 1, 0));
  EXPECT_THAT(numbers(stored, "undefined"), ::testing::ElementsAre(0, 0, 1));
  const std::vector<float> randomised = numbers(stored, "randomised");
  EXPECT_EQ(randomised[1], 4);
  EXPECT_TRUE(std::isnan(randomised[2]));
  EXPECT_TRUE(std::isnan(numbers(stored, "correlation")[2]));
}

}  // namespace
}  // namespace ocellus::sanity
