#include "tests/plugins/models/support/parity.hpp"

#include <algorithm>

namespace ocellus::test {

namespace {

TEST_P(Parity, TokenIdsAreExact) {  // mistakes 21, 22
  const NpyArray expected = fixture().expected("input_ids");
  const auto ids = expected.as<int64_t>();
  EXPECT_EQ(run->sink.inputs.at(run->input_ids).integers, std::vector<int64_t>(ids.begin(), ids.end()));
  EXPECT_EQ(run->sink.layouts.at("language").token_ids, std::vector<int64_t>(ids.begin(), ids.end()));
}

TEST_P(Parity, HiddenStates) {  // mistakes 11, 12, 14, 16
  const NpyArray expected = fixture().expected("hidden_states");
  ASSERT_EQ(expected.shape[0], run->layers + 1);
  std::vector<float> states;
  for (int64_t layer = 0; layer <= run->layers; ++layer) {
    const auto rows = run->all_rows(run->hidden, layer, run->tokens);
    states.insert(states.end(), rows.begin(), rows.end());
  }
  EXPECT_LE(largest_difference(states, expected.as<float>()), relative_gate("hidden_states"));
}

TEST_P(Parity, Attentions) {  // mistakes 17, 25
  const NpyArray expected = fixture().expected("attentions");
  ASSERT_EQ(expected.shape, (std::vector<int64_t>{run->layers, run->heads, run->tokens, run->tokens}));
  const auto reference = expected.as<float>();
  const auto tokens = static_cast<size_t>(run->tokens), heads = static_cast<size_t>(run->heads);
  double largest = 0;
  for (size_t layer = 0; layer < static_cast<size_t>(run->layers); ++layer) {
    for (size_t row = 0; row < tokens; ++row) {
      const std::span<const float> values =
          run->sink.row(run->attention, static_cast<int64_t>(layer), static_cast<int64_t>(row)).values;
      ASSERT_EQ(values.size(), heads * tokens);
      for (size_t head = 0; head < heads; ++head) {
        const auto mine = values.subspan(head * tokens, tokens);
        largest = std::max(
            largest,
            largest_difference(mine, reference.subspan(((layer * heads + head) * tokens + row) * tokens, tokens)));
        double sum = 0;
        for (const float value : mine) sum += static_cast<double>(value);
        EXPECT_NEAR(sum, 1, 1e-5);
        EXPECT_TRUE(std::all_of(mine.begin() + static_cast<std::ptrdiff_t>(row) + 1, mine.end(),
                                [](float value) { return value == 0.0f; }));
      }
    }
  }
  EXPECT_LE(largest, fixture().tolerance("attentions", 2e-6));
}

TEST_P(Parity, LogitsOfTheLastPromptToken) {  // mistake 18
  const NpyArray expected = fixture().expected("logits_last");
  const auto& logits = run->sink.row(run->logits, -1, run->tokens - 1).values;
  EXPECT_LE(largest_difference(logits, expected.as<float>()), relative_gate("logits_last"));
}

TEST_P(Parity, GreedyTokensAreExact) {  // mistakes 13, 24
  if (!fixture().has("generated_ids")) {
    EXPECT_TRUE(run->sink.steps.empty());
    return;
  }
  const NpyArray expected = fixture().expected("generated_ids");
  const auto ids = expected.as<int64_t>();
  std::vector<int64_t> generated;
  for (const oc_step& step : run->sink.steps) generated.push_back(step.token);
  EXPECT_EQ(generated, std::vector<int64_t>(ids.begin(), ids.end()));
  const bool stopped_early = ids.size() < fixture().info["max_new_tokens"].get<size_t>();
  for (const oc_step& step : run->sink.steps) {
    const bool is_last = step.index + 1 == ids.size();
    EXPECT_EQ(step.is_stop != 0, is_last && stopped_early);
    EXPECT_LE(step.log_probability, 0);
    const bool begins_with_space = run->model->token_bytes(step.token).starts_with(' ');
    EXPECT_EQ(step.strips_space != 0, tested_model().strips_space && step.index == 0 && begins_with_space);
  }
}

TEST_P(Parity, RowsOfGenerationSteps) {       // mistake 13
  if (!fixture().has("step_logits")) return;  // nothing is generated
  const NpyArray expected = fixture().expected("step_logits");
  const auto reference = expected.as<float>();
  const auto vocabulary = static_cast<size_t>(expected.shape[1]);
  for (size_t step = 0; step < static_cast<size_t>(expected.shape[0]); ++step) {
    const auto& mine = run->sink.row(run->logits, -1, run->tokens - 1 + static_cast<int64_t>(step)).values;
    EXPECT_LE(largest_difference(mine, reference.subspan(step * vocabulary, vocabulary)), relative_gate("step_logits"))
        << step;
  }
  ASSERT_TRUE(fixture().has("step_attention"));
  const NpyArray row = fixture().expected("step_attention");
  ASSERT_EQ(row.shape, (std::vector<int64_t>{run->layers, run->heads, run->tokens + 1}));
  for (int64_t layer = 0; layer < run->layers; ++layer) {
    const KeptRow& mine = run->sink.row(run->attention, layer, run->tokens);
    ASSERT_EQ(mine.keys, up_to(run->tokens + 1));
    const auto size = static_cast<size_t>(run->heads * (run->tokens + 1));
    EXPECT_LE(largest_difference(mine.values, row.as<float>().subspan(static_cast<size_t>(layer) * size, size)),
              fixture().tolerance("step_attention", 2e-6));
  }
}

}  // namespace

}  // namespace ocellus::test
