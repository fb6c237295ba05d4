// Passes that take gradients: one for each target and set of draws that a method asks for.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/plan/merge.hpp"
#include "host/run/prepared_sample.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::run {

struct GradientPass {
  plan::Target target;
  std::vector<uint32_t> draws;       // variants of the sample; 0 = the clean input
  std::vector<plan::Wish> wishes;    // rows that wait for the answer: as many as there can be
  std::vector<plan::Merged> merged;  // of these
  uint32_t max_new_tokens = 0;       // of the answer that the target waits for
  uint64_t memory = 0;               // see oc_gradient_plan

  // Of a model without a language stack: there is no answer, and rows are those of the vision stack.
  bool is_of_features() const { return target.tokens == OC_TARGET_FEATURES; }
  // "gradients of the answer's logits under 10 draws of noise"
  std::string name(const PreparedSample& ready) const;
};

// The passes for those of `wishes` that have a target. Methods share one if they ask for the same target and the same
// draws: draws of different methods never stand in one batch, so that none changes another's numbers. Inputs with a
// text for the answer are prepared here.
std::vector<GradientPass> gradient_passes(const std::vector<plan::Wish>& wishes, PreparedSample& ready,
                                          const Model& model, uint32_t max_new_tokens);

// The C view of a pass. Borrows all it is made of.
class GradientPlan {
 public:
  // `answer`: NULL while none is generated; the plan is then good for an estimate. Throws Error(OC_E_SAMPLE) if it does
  // not have the token that the target names.
  GradientPlan(const GradientPass& pass, const PreparedSample& ready, const Answer* answer);
  GradientPlan(const GradientPlan&) = delete;

  const Model::Prepared& input() const { return *input_; }
  const oc_gradient_plan& raw() const { return plan_; }
  // With the rows of the answer's own tokens, where there is one.
  const std::vector<plan::Wish>& wishes() const { return wishes_; }
  const std::vector<plan::Merged>& merged() const { return merged_; }

 private:
  void set_targets(const GradientPass& pass, const PreparedSample& ready, const Answer* answer);

  const Model::Prepared* input_;
  std::vector<plan::Wish> wishes_;
  std::vector<plan::Merged> merged_;
  std::optional<plan::MergedProbes> probes_;
  std::vector<const oc_noise*> draws_;
  std::vector<int64_t> continuation_;
  std::vector<oc_target_token> targets_;
  oc_gradient_plan plan_{};
};

}  // namespace ocellus::run
