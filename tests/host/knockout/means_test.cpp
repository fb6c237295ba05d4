#include "host/knockout/means.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "host/knockout/settings.hpp"
#include "tests/support/stored_table.hpp"

namespace ocellus::knockout {
namespace {

Outcome outcome(const std::string& text, double clean, double knocked_out, const std::string& likeliest) {
  const Settings settings = parse_settings(text);
  return {.label = settings.label,
          .settings = settings.record,
          .layers = {0},
          .heads = {0},
          .n_rows = 1,
          .n_keys = 1,
          .tokens = {{"red", clean, knocked_out, "red", likeliest}}};
}

double number(const store::ArtifactData& table, const std::string& column, size_t line) {
  return test::numbers(table, column).at(line);
}

TEST(KnockoutMeans, AreOverTheSamplesOfEachKnockOut) {
  Means means;
  EXPECT_TRUE(means.is_empty());
  means.add({outcome("layers=0", 0.5, 0.25, "blue"), outcome("layers=1", 0.5, 0.5, "red")});
  means.add({outcome("layers=0", 1, 0.25, "red"), outcome("layers=1", 1, 1, "red")});
  const store::ArtifactData table = means.table();
  EXPECT_EQ(table.type, "table/1");
  EXPECT_EQ(table.label, "knockout");
  EXPECT_EQ(number(table, "n", 0), 2);
  EXPECT_EQ(number(table, "first", 0), 0.75);
  EXPECT_EQ(number(table, "first_change", 0), -0.5);
  EXPECT_EQ(number(table, "first_change_error", 0), 0.25);
  EXPECT_EQ(number(table, "answer_change", 0), -0.5);
  EXPECT_EQ(number(table, "flips", 0), 0.5);
  EXPECT_EQ(number(table, "first_change", 1), 0);
  EXPECT_EQ(number(table, "flips", 1), 0);
}

TEST(KnockoutMeans, OfOneSampleHaveNoError) {
  Means means;
  means.add({outcome("layers=0", 0.5, 0.25, "blue")});
  EXPECT_TRUE(std::isnan(number(means.table(), "first_change_error", 0)));
}

}  // namespace
}  // namespace ocellus::knockout
