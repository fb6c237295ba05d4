// Every fixture against what transformers computed (model-numerics: float32, eager, CPU).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/plugins/models/llava/support/fixture.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"

namespace ocellus::test {

namespace {

// One run of a case with every probe there is, shared by the tests below.
struct FullRun {
  FixtureCase fixture;
  std::unique_ptr<llava::Llava> model;
  RecordingSink sink;
  int64_t tokens = 0, layers = 0, heads = 0, blocks = 0, tower_heads = 0, tower_tokens = 0;
  uint32_t attention = 0, tower = 0, hidden = 0, tower_hidden = 0, logits = 0, features = 0, input_ids = 0,
           positions = 0, pixels = 0;

  explicit FullRun(const std::string& name) : fixture(name), model(open_model(fixture.model_folder)) {
    const std::span<const oc_stack> stacks = model->stacks();
    layers = stacks[0].n_layers;
    heads = stacks[0].n_heads;
    blocks = stacks[1].n_layers;
    tower_heads = stacks[1].n_heads;
    const auto conversation = fixture.conversation();
    const auto prepared = model->prepare(conversation->sample(), sink.sink());
    tokens = sink.layouts.at("language").tokens;
    tower_tokens = sink.layouts.at("vision").tokens;

    Plan plan(fixture.info.value("max_new_tokens", 0u));
    attention = plan.add({.kind = OC_PROBE_ATTENTION,
                          .stack = "language",
                          .layers = up_to(layers),
                          .heads = up_to(heads),
                          .rows = up_to(tokens),
                          .all_steps = true});
    hidden =
        plan.add({.kind = OC_PROBE_HIDDEN, .stack = "language", .layers = up_to(layers + 1), .rows = up_to(tokens)});
    logits = plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {tokens - 1}, .all_steps = true});
    features = plan.add({.kind = OC_PROBE_HIDDEN,
                         .stack = "projector",
                         .layers = {0},
                         .rows = up_to(sink.layouts.at("projector").tokens)});
    tower = plan.add({.kind = OC_PROBE_ATTENTION,
                      .stack = "vision",
                      .layers = up_to(blocks),
                      .heads = up_to(tower_heads),
                      .rows = up_to(tower_tokens)});
    tower_hidden = plan.add(
        {.kind = OC_PROBE_HIDDEN, .stack = "vision", .layers = up_to(blocks + 1), .rows = up_to(tower_tokens)});
    input_ids = plan.add({.kind = OC_PROBE_INPUT, .name = "input_ids"});
    positions = plan.add({.kind = OC_PROBE_INPUT, .name = "position_ids"});
    pixels = plan.add({.kind = OC_PROBE_INPUT, .name = "pixel_values"});
    model->load();
    model->execute(*prepared, plan.get(), sink.sink());
  }

  // The rows 0 .. tokens-1 of one layer, one after another.
  std::vector<float> all_rows(uint32_t probe, int64_t layer, int64_t count) const {
    std::vector<float> values;
    for (int64_t row = 0; row < count; ++row) {
      const auto& kept = sink.row(probe, layer, row).values;
      values.insert(values.end(), kept.begin(), kept.end());
    }
    return values;
  }
};

class Parity : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    // Cases run once each; gtest shows their tests one after another.
    static std::map<std::string, std::unique_ptr<FullRun>> runs;
    auto& kept = runs[GetParam()];
    if (!kept) kept = std::make_unique<FullRun>(GetParam());
    run = kept.get();
  }
  const FixtureCase& fixture() const { return run->fixture; }
  double relative_gate(const std::string& quantity) const {
    return fixture().tolerance(quantity, 1e-5 * fixture().largest_value(quantity));
  }
  FullRun* run = nullptr;
};

TEST_P(Parity, TokenIdsAreExact) {  // mistakes 21, 22
  const NpyArray expected = fixture().expected("input_ids");
  const auto ids = expected.as<int64_t>();
  EXPECT_EQ(run->sink.inputs.at(run->input_ids).integers, std::vector<int64_t>(ids.begin(), ids.end()));
  EXPECT_EQ(run->sink.layouts.at("language").token_ids, std::vector<int64_t>(ids.begin(), ids.end()));
}

TEST_P(Parity, PositionsCountTokens) {
  EXPECT_EQ(run->sink.inputs.at(run->positions).integers, up_to(run->tokens));
}

TEST_P(Parity, PixelsAreExact) {  // mistakes 3, 4, 5
  const KeptInput& pixels = run->sink.inputs.at(run->pixels);
  if (!fixture().has("pixel_values")) {
    EXPECT_TRUE(pixels.floats.empty());
    return;
  }
  const NpyArray expected = fixture().expected("pixel_values");
  EXPECT_EQ(pixels.shape, expected.shape);
  const auto values = expected.as<float>();
  EXPECT_EQ(pixels.floats, std::vector<float>(values.begin(), values.end()));
}

TEST_P(Parity, TowerHiddenStates) {  // mistakes 19, 20
  if (!fixture().has("tower_hidden")) {
    EXPECT_EQ(run->tower_tokens, 0);
    return;
  }
  const NpyArray expected = fixture().expected("tower_hidden");
  ASSERT_EQ(expected.shape[0], run->blocks + 1);
  std::vector<float> states;
  for (int64_t layer = 0; layer <= run->blocks; ++layer) {
    const auto rows = run->all_rows(run->tower_hidden, layer, run->tower_tokens);
    states.insert(states.end(), rows.begin(), rows.end());
  }
  EXPECT_LE(largest_difference(states, expected.as<float>()), relative_gate("tower_hidden"));
}

TEST_P(Parity, TowerAttentions) {  // mistakes 10, 25
  if (!fixture().has("tower_attentions")) return;
  const NpyArray expected = fixture().expected("tower_attentions");
  const auto reference = expected.as<float>();
  const auto images = static_cast<size_t>(expected.shape[1]), heads = static_cast<size_t>(run->tower_heads);
  const auto tokens = static_cast<size_t>(expected.shape[3]), all = images * tokens;
  ASSERT_EQ(expected.shape[0], run->blocks);
  ASSERT_EQ(static_cast<int64_t>(all), run->tower_tokens);
  for (size_t block = 0; block < static_cast<size_t>(run->blocks); ++block) {
    for (size_t row = 0; row < all; ++row) {
      const std::span<const float> values =
          run->sink.row(run->tower, static_cast<int64_t>(block), static_cast<int64_t>(row)).values;
      ASSERT_EQ(values.size(), heads * all);
      const size_t image = row / tokens;
      for (size_t head = 0; head < heads; ++head) {
        const auto mine = values.subspan(head * all, all);
        const auto theirs =
            reference.subspan((((block * images + image) * heads + head) * tokens + row % tokens) * tokens, tokens);
        EXPECT_LE(largest_difference(mine.subspan(image * tokens, tokens), theirs),
                  fixture().tolerance("tower_attentions", 2e-6));
        for (size_t key = 0; key < all; ++key) {
          if (key / tokens != image) {
            EXPECT_EQ(mine[key], 0.0f);
          }
        }
      }
    }
  }
}

TEST_P(Parity, Features) {  // mistakes 19, 20
  if (!fixture().has("features")) return;
  const NpyArray expected = fixture().expected("features");
  const auto features = run->all_rows(run->features, 0, expected.shape[0]);
  EXPECT_EQ(run->sink.layouts.at("projector").tokens, expected.shape[0]);
  EXPECT_LE(largest_difference(features, expected.as<float>()), relative_gate("features"));
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
    const bool strips_space = step.index == 0 && run->model->token_bytes(step.token).starts_with(' ');
    EXPECT_EQ(step.strips_space != 0, strips_space);
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

INSTANTIATE_TEST_SUITE_P(Fixtures, Parity,
                         testing::Values("base", "two_images", "two_turns", "text_only", "given_answer", "pad", "full",
                                         "bf16"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace

}  // namespace ocellus::test
