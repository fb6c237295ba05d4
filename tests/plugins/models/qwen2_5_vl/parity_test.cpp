// Every fixture against what transformers computed (model-numerics: float32, eager, CPU).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plugins/models/common/image/patches.hpp"
#include "plugins/models/common/image/resize_pil.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"

namespace ocellus::test {

namespace {

// One run of a case with every probe there is, shared by the tests below.
struct FullRun {
  FixtureCase fixture;
  std::unique_ptr<qwen2_5_vl::Qwen2_5VL> model;
  RecordingSink sink;
  int64_t tokens = 0, layers = 0, heads = 0;
  std::vector<int64_t> blocks;  // of the tower, those with full attention
  uint32_t attention = 0, tower = 0, hidden = 0, logits = 0, vision = 0, input_ids = 0, positions = 0, pixels = 0,
           grids = 0;

  explicit FullRun(const std::string& name) : fixture(name), model(open_model(fixture.model_folder)) {
    layers = model->stacks()[0].n_layers;
    heads = model->stacks()[0].n_heads;
    const auto conversation = fixture.conversation();
    const auto prepared = model->prepare(conversation->sample(), sink.sink());
    tokens = sink.layouts.at("language").tokens;
    const int64_t features = sink.layouts.at("projector").tokens;

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
    vision = plan.add({.kind = OC_PROBE_HIDDEN, .stack = "projector", .layers = {0}, .rows = up_to(features)});
    const oc_stack& vision_stack = model->stacks()[1];
    blocks = vision_stack.attention_layers == nullptr
                 ? up_to(vision_stack.n_layers)
                 : std::vector(vision_stack.attention_layers,
                               vision_stack.attention_layers + vision_stack.n_attention_layers);
    tower = plan.add({.kind = OC_PROBE_ATTENTION,
                      .stack = "vision",
                      .layers = blocks,
                      .heads = up_to(vision_stack.n_heads),
                      .rows = up_to(sink.layouts.at("vision").tokens)});
    input_ids = plan.add({.kind = OC_PROBE_INPUT, .name = "input_ids"});
    positions = plan.add({.kind = OC_PROBE_INPUT, .name = "position_ids"});
    pixels = plan.add({.kind = OC_PROBE_INPUT, .name = "pixel_values"});
    grids = plan.add({.kind = OC_PROBE_INPUT, .name = "image_grid_thw"});
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

TEST_P(Parity, PositionsAreExact) {  // mistakes 12, 13
  const NpyArray expected = fixture().expected("position_ids");
  const auto ids = expected.as<int64_t>();
  const KeptInput& input = run->sink.inputs.at(run->positions);
  EXPECT_EQ(input.shape, expected.shape);
  EXPECT_EQ(input.integers, std::vector<int64_t>(ids.begin(), ids.end()));
}

TEST_P(Parity, GridsAndPixelsAreExact) {  // mistakes 1, 2, 3, 6, 7
  const KeptInput& grids = run->sink.inputs.at(run->grids);
  const KeptInput& pixels = run->sink.inputs.at(run->pixels);
  if (!fixture().has("image_grid_thw")) {
    EXPECT_EQ(grids.shape, (std::vector<int64_t>{0, 3}));
    EXPECT_TRUE(pixels.floats.empty());
    return;
  }
  const NpyArray expected = fixture().expected("image_grid_thw");
  const auto sizes = expected.as<int64_t>();
  ASSERT_EQ(grids.integers, std::vector<int64_t>(sizes.begin(), sizes.end()));
  std::vector<float> rows;
  for (size_t image = 0; image < sizes.size() / 3; ++image) {
    const NpyArray resized = fixture().expected("resized_pixels_" + std::to_string(image));
    const models::Size size{static_cast<int>(resized.shape[0]), static_cast<int>(resized.shape[1])};
    const auto processor = models::read_processor_config(fixture().model_folder);
    std::vector<float> part(static_cast<size_t>(sizes[3 * image + 1] * sizes[3 * image + 2] * 1176));
    models::write_patches(resized.as<uint8_t>(), size, processor, part);
    rows.insert(rows.end(), part.begin(), part.end());
  }
  // Equal after normalisation, which is one-to-one: the resized bytes were equal.
  EXPECT_EQ(pixels.floats, rows);
  if (fixture().has("pixel_values")) {
    const NpyArray reference = fixture().expected("pixel_values");
    EXPECT_EQ(pixels.shape, reference.shape);
    EXPECT_LE(largest_difference(pixels.floats, reference.as<float>()), 1e-6);
  }
}

TEST_P(Parity, VisionFeatures) {  // mistakes 8, 9, 10, 11, 14, 19
  if (!fixture().has("vision_hidden")) {
    EXPECT_EQ(run->sink.layouts.at("projector").tokens, 0);
    return;
  }
  const NpyArray expected = fixture().expected("vision_hidden");
  const auto features = run->all_rows(run->vision, 0, expected.shape[0]);
  EXPECT_LE(largest_difference(features, expected.as<float>()), relative_gate("vision_hidden"));
}

TEST_P(Parity, VisionAttentions) {  // mistakes 8, 10, 11, 25
  const KeptLayout& layout = run->sink.layouts.at("vision");
  const auto patches = static_cast<size_t>(layout.tokens);
  const size_t heads = run->model->stacks()[1].n_heads;
  for (const int64_t block : run->blocks) {
    for (const oc_segment& image : layout.segments) {
      for (int64_t row = image.begin; row < image.end; ++row) {
        const std::span<const float> values = run->sink.row(run->tower, block, row).values;
        ASSERT_EQ(values.size(), heads * patches);
        for (size_t head = 0; head < heads; ++head) {
          double own = 0;
          for (size_t key = 0; key < patches; ++key) {
            const float value = values[head * patches + key];
            if (static_cast<int64_t>(key) >= image.begin && static_cast<int64_t>(key) < image.end) {
              own += static_cast<double>(value);
            } else {
              EXPECT_EQ(value, 0.0f);
            }
          }
          EXPECT_NEAR(own, 1, 1e-5);
        }
      }
    }
  }
  if (!fixture().has("vision_attentions")) return;
  const NpyArray expected = fixture().expected("vision_attentions");
  const auto reference = expected.as<float>();
  const auto rows = static_cast<size_t>(expected.shape[2]), step = size_t{7};
  ASSERT_EQ(expected.shape[0], static_cast<int64_t>(run->blocks.size()));
  ASSERT_EQ(expected.shape[1], static_cast<int64_t>(heads));
  ASSERT_EQ(rows, (patches + step - 1) / step);
  ASSERT_EQ(expected.shape[3], layout.tokens);
  double largest = 0;
  for (size_t block = 0; block < run->blocks.size(); ++block) {
    for (size_t row = 0; row < rows; ++row) {
      const std::span<const float> values =
          run->sink.row(run->tower, run->blocks[block], static_cast<int64_t>(row * step)).values;
      for (size_t head = 0; head < heads; ++head) {
        const auto theirs = reference.subspan(((block * heads + head) * rows + row) * patches, patches);
        largest = std::max(largest, largest_difference(values.subspan(head * patches, patches), theirs));
      }
    }
  }
  EXPECT_LE(largest, fixture().tolerance("vision_attentions", 2e-6));
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
    EXPECT_EQ(step.strips_space, 0u);  // here a space is text
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
                         testing::Values("base", "tied", "two_images", "two_turns", "exif", "text_only", "given_answer",
                                         "penalty", "sharded", "nested", "bf16", "qwen2_vl", "qwen2_vl_nested"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace

}  // namespace ocellus::test
