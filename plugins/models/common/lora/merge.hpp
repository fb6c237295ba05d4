// Adapters become part of the weights before a network is made of them.
#pragma once

#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/lora/adapter.hpp"

namespace ocellus::models {

// Adds every update to its weight, in float32, and stores the sum in the type of the run; the other weights stay
// mapped. Replacements take the places of theirs. Throws Error(OC_E_MODEL) if a tensor is of no floating-point type.
void merge_adapter(WeightMap& weights, const LoraAdapter& adapter, ComputeType type);

}  // namespace ocellus::models
