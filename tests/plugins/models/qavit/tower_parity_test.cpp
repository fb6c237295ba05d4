// Towers of every integration point, with their question encoders, against the reference of tools/fixtures/qavit.py.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "tests/plugins/models/qavit/support/tower_run.hpp"

namespace ocellus::test {

namespace {

constexpr int64_t row_step = 5;  // of the rows kept in the fixtures

class TowerParity : public testing::TestWithParam<const char*> {
 protected:
  TowerParity() : fixture(GetParam()) {}
  double relative_gate(const std::string& quantity) const {
    return fixture.tolerance(quantity, 1e-5 * fixture.largest_value(quantity));
  }
  const TowerFixture fixture;
};

TEST_P(TowerParity, QuestionStates) {
  if (!fixture.has_question()) return;
  for (int k = 0; k < fixture.questions(); ++k) {
    const NpyArray& expected = fixture.expected("states_" + std::to_string(k));
    EXPECT_EQ(expected.shape[1], fixture.config.instruction_dim);
    EXPECT_LE(largest_difference(models::floats_of(fixture.question(k)), expected.as<float>()),
              relative_gate("states"));
  }
}

TEST_P(TowerParity, HiddenStates) {
  for (int k = 0; k < fixture.questions(); ++k) {
    const TowerRun run = fixture.run(k);
    EXPECT_LE(largest_difference(run.all_hidden(), fixture.expected("hidden_" + std::to_string(k)).as<float>()),
              relative_gate("hidden"));
    EXPECT_TRUE(at::equal(run.result, run.hidden.back().second));
  }
}

TEST_P(TowerParity, Attentions) {
  const int64_t tokens = fixture.config.vision.tokens();
  for (int k = 0; k < fixture.questions(); ++k) {
    const TowerRun run = fixture.run(k);
    const int64_t question_tokens = fixture.has_question() ? fixture.expected("ids_" + std::to_string(k)).shape[0] : 0;
    for (int64_t block = 0; block < fixture.config.vision.layers; ++block) {
      const NpyArray& expected = fixture.expected("attention_" + std::to_string(k) + "_" + std::to_string(block));
      const auto reference = expected.as<float>();
      const int64_t rows = expected.shape[2], keys = expected.shape[3];
      EXPECT_EQ(keys, tokens + (fixture.config.is_question_aware(block) ? question_tokens : 0));
      size_t at = 0;
      for (int64_t image = 0; image < expected.shape[0]; ++image) {
        const KeptAttention::Rows& mine = run.attention.at({block, image * tokens});
        EXPECT_EQ(mine.size(), static_cast<size_t>(expected.shape[1] * tokens));
        for (int64_t head = 0; head < expected.shape[1]; ++head) {
          for (int64_t row = 0; row < rows; ++row, at += static_cast<size_t>(keys)) {
            EXPECT_LE(
                largest_difference(mine.at({head, row * row_step}), reference.subspan(at, static_cast<size_t>(keys))),
                fixture.tolerance("attention", 2e-6));
          }
        }
      }
      EXPECT_EQ(at, reference.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TowerParity,
                         testing::Values("all", "early", "late", "late2", "late3", "sparse", "plain"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace

}  // namespace ocellus::test
