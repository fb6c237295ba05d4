// The promises of the design that are a model's to keep (docs/architecture.md). Those that every model keeps in the
// same way are tested in promises_test.cpp, which a model's tests compile beside their own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <ocellus/sdk/model.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/models/support/model_fixture.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"
#include "tests/plugins/models/support/scratch_copy.hpp"
#include "tests/plugins/models/support/tested_model.hpp"

namespace ocellus::test {

// One conversation, prepared, that plans are run on.
class Promises : public testing::Test {
 protected:
  Promises()
      : fixture_(tested_model().family, "two_images"),
        model_(open_tested_model(fixture_.model_folder)),
        layers_(model_->stacks()[0].n_layers),
        heads_(model_->stacks()[0].n_heads),
        conversation_(fixture_.conversation()) {
    prepared_ = model_->prepare(conversation_->sample(), layout_.sink());
    tokens_ = layout_.layouts.at("language").tokens;
    model_->load();
  }
  std::unique_ptr<RecordingSink> run(Plan& plan) {
    auto sink = std::make_unique<RecordingSink>();
    model_->execute(*prepared_, plan.get(), sink->sink());
    return sink;
  }
  // How often the model asked whether to go on: once a layer and chunk.
  int polls_of(Plan& plan) {
    int polls = 0;
    RecordingSink sink;
    sink.cancel = [&] { return ++polls < 0; };
    model_->execute(*prepared_, plan.get(), sink.sink());
    return polls;
  }
  Wish hidden() const {
    return {.kind = OC_PROBE_HIDDEN,
            .stack = "language",
            .layers = up_to(layers_ + 1),
            .rows = up_to(tokens_),
            .all_steps = true};
  }
  Wish attention(std::vector<int64_t> rows) const {
    return {.kind = OC_PROBE_ATTENTION,
            .stack = "language",
            .layers = up_to(layers_),
            .heads = up_to(heads_),
            .rows = std::move(rows),
            .all_steps = true};
  }

  ModelFixture fixture_;
  std::unique_ptr<Model> model_;
  int64_t layers_, heads_;  // of the language model
  std::unique_ptr<Conversation> conversation_;
  RecordingSink layout_;
  std::unique_ptr<Model::Prepared> prepared_;
  int64_t tokens_ = 0;
};

inline void expect_same_rows(const RecordingSink& a, uint32_t probe_a, const RecordingSink& b, uint32_t probe_b) {
  size_t compared = 0;
  for (const auto& [key, rows] : a.captures) {
    if (key.first != probe_a) continue;
    for (const auto& [number, row] : rows) {
      const KeptRow& other = b.row(probe_b, key.second, number);
      EXPECT_EQ(row.values, other.values) << "layer " << key.second << " row " << number;
      ++compared;
    }
  }
  EXPECT_GT(compared, 0u);
}

}  // namespace ocellus::test
