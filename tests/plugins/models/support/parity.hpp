// Every fixture against what transformers computed (model-numerics: float32, eager, CPU). Quantities that all models
// have are compared in parity_test.cpp, which a model's tests compile beside their own.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"
#include "tests/plugins/models/support/tested_model.hpp"

namespace ocellus::test {

// One run of a case with every probe there is, shared by the tests below.
struct FullRun {
  ModelFixture fixture;
  std::unique_ptr<Model> model;
  RecordingSink sink;
  int64_t tokens = 0, layers = 0, heads = 0, tower_heads = 0, tower_tokens = 0;
  std::vector<int64_t> blocks;  // of the tower, those with whole rows of attention
  uint32_t attention = 0, tower = 0, hidden = 0, tower_hidden = 0, logits = 0, features = 0, input_ids = 0,
           positions = 0, pixels = 0, grids = 0;

  explicit FullRun(const std::string& name)
      : fixture(tested_model().family, name), model(open_tested_model(fixture.model_folder)) {
    const std::span<const oc_stack> stacks = model->stacks();
    layers = stacks[0].n_layers;
    heads = stacks[0].n_heads;
    blocks = stacks[1].attention_layers == nullptr
                 ? up_to(stacks[1].n_layers)
                 : std::vector(stacks[1].attention_layers, stacks[1].attention_layers + stacks[1].n_attention_layers);
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
                      .layers = blocks,
                      .heads = up_to(tower_heads),
                      .rows = up_to(tower_tokens)});
    if (fixture.has("tower_hidden")) {
      tower_hidden = plan.add({.kind = OC_PROBE_HIDDEN,
                               .stack = "vision",
                               .layers = up_to(stacks[1].n_layers + int64_t{1}),
                               .rows = up_to(tower_tokens)});
    }
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
  const ModelFixture& fixture() const { return run->fixture; }
  double relative_gate(const std::string& quantity) const {
    return fixture().tolerance(quantity, 1e-5 * fixture().largest_value(quantity));
  }
  FullRun* run = nullptr;
};

}  // namespace ocellus::test
