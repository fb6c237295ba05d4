// One sample through the flow: plan, merge, execute, artifacts, pictures.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/plan/merge.hpp"
#include "host/run/model.hpp"
#include "host/run/plugins.hpp"
#include "host/run/run_loop.hpp"

namespace ocellus::run {

// A sample whose pictures are decoded and whose layout is known.
struct PreparedSample {
  const Sample* sample = nullptr;
  std::unique_ptr<services::SampleContext> context;
  std::optional<Model::Prepared> prepared;
};

// [any] thread.
PreparedSample prepare(const Sample& sample, const Model& model, media::Decoder& decoder);

// The merged wishes of all methods for one sample.
struct SamplePlan {
  std::vector<plan::Wish> wishes;
  std::vector<plan::Merged> merged;
  std::unique_ptr<plan::MergedPlan> raw;
  uint32_t max_new_tokens = 0;
};

SamplePlan plan_sample(PreparedSample& ready, const Model& model, std::vector<std::unique_ptr<Method>>& methods,
                       const std::optional<uint32_t>& max_new_tokens);

PlanSummary summarise(const PreparedSample& ready, const SamplePlan& plan, const Model& model);

// Runs the model and lets the methods make their artifacts. `on_step` is told of every generated token.
SampleResult execute_sample(PreparedSample& ready, const SamplePlan& plan, Model& model,
                            std::vector<std::unique_ptr<Method>>& methods, const std::function<void()>& on_step);

}  // namespace ocellus::run
