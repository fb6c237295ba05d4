// Turns the selections of a probe into indices.
#pragma once

#include <ocellus/abi/layout.h>
#include <ocellus/abi/probe.h>

#include <string>
#include <vector>

#include "host/plan/wish.hpp"

namespace ocellus::plan {

// What a model can serve, known before its weights are loaded.
struct Serves {
  std::vector<std::string> probes;  // "attention/1@language"
  int64_t max_answer_tokens = 0;    // of this run; bounds the key group of the answer
};

// Tokens of `layout` before the answer, given or generated.
int64_t prompt_tokens(const oc_layout& layout);

// Resolves `probe` against the stack and the layout it names. Throws Error(OC_E_UNSUPPORTED) for what the model does
// not serve or does not have (the range is told), Error(OC_E_SAMPLE) for a token that a given answer does not have,
// Error(OC_E_INTERNAL) for a malformed probe. Rows that produced tokens of a given answer are rows of the prompt.
// `stack` and `layout` may be null for OC_PROBE_INPUT.
Wish resolve(const oc_probe& probe, const Serves& serves, const oc_stack* stack, const oc_layout* layout);

}  // namespace ocellus::plan
