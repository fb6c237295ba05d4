#include "host/knockout/record.hpp"

#include <gmock/gmock.h>

namespace ocellus::knockout {
namespace {

Outcome outcome() {
  return {.label = "no picture",
          .settings = {{"label", "no picture"}, {"layers", "all"}},
          .layers = {0, 3},
          .heads = {1},
          .n_rows = 2,
          .n_keys = 64,
          .tokens = {{"red", 0.9, 0.2, "red", "blue"}, {".", 1, 0.9, ".", "."}}};
}

TEST(KnockoutRecord, SaysWhatBecameOfEachToken) {
  const nlohmann::ordered_json record = outcomes_record({outcome()});
  ASSERT_EQ(record.size(), 1u);
  EXPECT_NEAR(record[0]["first_change"].get<double>(), -0.7, 1e-12);
  EXPECT_NEAR(record[0]["answer_change"].get<double>(), -0.4, 1e-12);
  EXPECT_EQ(record[0]["flips"], true);
  EXPECT_EQ(record[0]["rows"], 2);
  EXPECT_EQ(record[0]["keys"], 64);
  EXPECT_EQ(record[0]["tokens"][0]["likeliest_knocked_out"], "blue");
}

TEST(KnockoutRecord, FlipsWhereTheLikeliestFirstTokenChangesOnly) {
  Outcome later = outcome();
  later.tokens[0].likeliest = std::string("red");
  later.tokens[1].likeliest = std::string("!");
  EXPECT_FALSE(later.flips());
  // A token that was drawn need not be the likeliest.
  later.tokens[0].text = std::string("green");
  EXPECT_FALSE(later.flips());
}

TEST(KnockoutRecord, IsReadBack) {
  const nlohmann::ordered_json record = outcomes_record({outcome()});
  EXPECT_EQ(outcomes_record(read_outcomes(record)), record);
  EXPECT_THROW(read_outcomes({{{"label", "x"}}}), nlohmann::json::exception);
  nlohmann::ordered_json empty = record;
  empty[0]["tokens"] = nlohmann::ordered_json::array();
  EXPECT_THROW(read_outcomes(empty), nlohmann::json::exception);
}

}  // namespace
}  // namespace ocellus::knockout
