// One sample through the flow: plan, merge, execute, artifacts, pictures.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/plan/merge.hpp"
#include "host/run/gradient_pass.hpp"
#include "host/run/mask_pass.hpp"
#include "host/run/model.hpp"
#include "host/run/plan_summary.hpp"
#include "host/run/plugins.hpp"
#include "host/run/prepared_sample.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::run {

// One run of the model: what all methods want of one variant, merged.
struct Pass {
  uint32_t variant = 0;
  std::vector<plan::Wish> wishes;
  std::vector<plan::Merged> merged;
  const oc_generation* generation = nullptr;
  std::unique_ptr<plan::MergedPlan> raw;
  uint32_t max_new_tokens = 0;  // 0 = nothing is generated
};

struct SamplePlan {
  std::vector<Pass> passes;             // the clean one first
  std::vector<GradientPass> gradients;  // after them
  std::vector<MaskPass> masks;          // last
  uint64_t method_bytes = 0;            // what the methods will hold at one time
};

// Asks the methods. Variants that they add are prepared here. `generation` must outlive the plan. `answer_for`: what
// needs an answer even if no method asks for one ("--knockout"); empty = nothing.
SamplePlan plan_sample(PreparedSample& ready, const Model& model, std::vector<std::unique_ptr<Method>>& methods,
                       const std::optional<uint32_t>& max_new_tokens, const oc_generation* generation,
                       std::string_view answer_for = {});

// With a memory limit, passes of gradients are planned to keep it if that can be.
PlanSummary summarise(const PreparedSample& ready, SamplePlan& plan, const Model& model,
                      std::optional<uint64_t> memory_limit);

// Told of every generated token: the bytes that it adds to the answer's text.
using OnToken = std::function<void(std::string_view bytes)>;

// Runs the model and lets the methods make their artifacts.
SampleResult execute_sample(PreparedSample& ready, const SamplePlan& plan, Model& model,
                            std::vector<std::unique_ptr<Method>>& methods, const OnToken& told);

}  // namespace ocellus::run
