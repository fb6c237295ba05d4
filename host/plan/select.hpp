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

// Resolves `probe` against the stack and the layout it names. Throws Error(OC_E_UNSUPPORTED) for what the model does
// not serve or does not have (the range is told), Error(OC_E_INTERNAL) for a malformed probe.
// `stack` and `layout` may be null for OC_PROBE_INPUT.
Wish resolve(const oc_probe& probe, const Serves& serves, const oc_stack* stack, const oc_layout* layout);

}  // namespace ocellus::plan
