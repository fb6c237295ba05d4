// A knock-out with every symbolic selection resolved against the layout of the sample at hand; see oc_merged_knockout.
#pragma once

#include <ocellus/abi/layout.h>
#include <ocellus/abi/model.h>
#include <ocellus/abi/probe.h>

#include <cstdint>

#include "host/plan/wish.hpp"

namespace ocellus::plan {

struct Knockout {
  Indices layers, heads;
  Indices rows, steps;     // of the prompt, with a given answer; of a generated one, from 1 on ...
  bool all_steps = false;  // ... or all of them
  Indices keys;

  bool operator==(const Knockout&) const = default;

  // The C view; borrows all of it.
  oc_merged_knockout raw() const;
};

// `max_answer_tokens` bounds the keys of an answer that is not given; one that `layout` has already generated does not
// count. Throws Error(OC_E_UNSUPPORTED) for layers and heads that the stack does not have (the range is told),
// Error(OC_E_SAMPLE) for positions and tokens of a given answer that the sample does not have, Error(OC_E_INTERNAL) for
// a malformed knock-out.
Knockout resolve(const oc_knockout& knockout, const oc_stack& stack, const oc_layout& layout,
                 int64_t max_answer_tokens);

}  // namespace ocellus::plan
