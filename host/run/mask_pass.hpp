// Passes over inputs with masked cells: one for each target, all its inputs one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/plan/merge.hpp"
#include "host/plan/router.hpp"
#include "host/plan/wish.hpp"
#include "host/run/model.hpp"
#include "host/run/prepared_sample.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::run {

struct MaskPass {
  plan::Target target;
  std::vector<plan::Wish> wishes;  // of target/1, each of one input
  std::vector<uint32_t> inputs;    // variants of the sample; ascending
  uint32_t max_new_tokens = 0;     // of the answer that the target waits for

  // "the log-probability of the answer under masked cells"
  std::string name() const;
};

// The passes for `wishes`, all of masked inputs; methods share one if they ask for the same target.
std::vector<MaskPass> mask_passes(const std::vector<plan::Wish>& wishes, uint32_t max_new_tokens);

// What the model is asked for in each input: the rows of as many tokens as there can be.
std::vector<plan::Merged> probes_of(const MaskPass& pass, const PreparedSample& ready, const Model& model);

// Delivers the scores of the target's tokens, input by input. Each input is what it would be alone. Throws
// Error(OC_E_SAMPLE) if the answer does not have the token that the target names, or does not come back from its text
// as the tokens generated and the model cannot be forced to them.
void run_masked(const MaskPass& pass, const PreparedSample& ready, Model& model, const Answer& answer,
                const plan::Router::Deliver& deliver);

}  // namespace ocellus::run
