// How gradients are taken, by the sizes of the plan alone. Free of libtorch.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/decoder/memory.hpp"
#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::models {

// Throws Error(OC_E_UNSUPPORTED) for a probe that is not served.
void check_gradient_plan(const oc_gradient_plan& plan, const ServedStacks& served);

// Tokens that must pass: nothing behind the last row that counts changes what is asked for.
int64_t gradient_length(const oc_gradient_plan& plan, const PreparedSample& prepared);

// The lowest layer whose gradient, or whose attention's, is asked for, of 0 to `layers`; one more if none is.
int64_t lowest_gradient(const oc_gradient_plan& plan, int64_t layers);

// Rows of logits that are computed together, where a score needs all of them.
inline constexpr int64_t gradient_logit_rows = 32;

struct GradientSchedule {
  int64_t draws_at_once;
  // Layers, from the top, of which the way there is kept for the way back. Of the others only what enters them is, and
  // the way there is gone again: the same operations on the same numbers.
  int64_t kept_layers;
  uint64_t bytes;  // beside weights and captures, at most

  // `tower` is for one draw.
  GradientSchedule(const TextConfig& text, ComputeType type, Device device, const PreparedSample& prepared,
                   const oc_gradient_plan& plan, const TowerMemory& tower);
};

}  // namespace ocellus::models
