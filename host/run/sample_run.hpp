// One sample through the flow: plan, merge, execute, artifacts, pictures.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/plan/merge.hpp"
#include "host/run/model.hpp"
#include "host/run/plan_summary.hpp"
#include "host/run/plugins.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::run {

// A sample whose pictures are decoded and whose layout is known.
struct PreparedSample {
  const Sample* sample = nullptr;
  std::unique_ptr<services::SampleContext> context;
  std::optional<Model::Prepared> prepared;

  // Another input derived from it; number k + 1 stands at place k.
  struct Variant {
    uint32_t kind;
    std::string text;
    Model::Prepared prepared;
  };
  std::list<Variant> variants;

  const Model::Prepared& input(uint32_t variant) const;
};

// [any] thread. Throws Error(OC_E_SAMPLE) for a sample that has a fault.
PreparedSample prepare(const Sample& sample, const Model& model, media::Decoder& decoder);

// One run of the model: what all methods want of one variant, merged.
struct Pass {
  uint32_t variant = 0;
  std::vector<plan::Wish> wishes;
  std::vector<plan::Merged> merged;
  std::unique_ptr<plan::MergedPlan> raw;
  uint32_t max_new_tokens = 0;  // 0 = nothing is generated
};

struct SamplePlan {
  std::vector<Pass> passes;   // the clean one first
  uint64_t method_bytes = 0;  // what the methods will hold at one time
};

// Asks the methods. Variants that they add are prepared here.
SamplePlan plan_sample(PreparedSample& ready, const Model& model, std::vector<std::unique_ptr<Method>>& methods,
                       const std::optional<uint32_t>& max_new_tokens);

PlanSummary summarise(const PreparedSample& ready, const SamplePlan& plan, const Model& model);

// Runs the model and lets the methods make their artifacts. `on_step` is told of every generated token.
SampleResult execute_sample(PreparedSample& ready, const SamplePlan& plan, Model& model,
                            std::vector<std::unique_ptr<Method>>& methods, const std::function<void()>& on_step);

}  // namespace ocellus::run
