// Adapters become part of the weights before a network is made of them.
#pragma once

#include <filesystem>

#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/lora/adapter.hpp"

namespace ocellus::models {

// Adds every update to its weight, in float32, and stores the sum in the type of the run; the other weights stay
// mapped. Replacements take the places of theirs. Throws Error(OC_E_MODEL) if a tensor is of no floating-point type.
void merge_adapter(WeightMap& weights, const LoraAdapter& adapter, ComputeType type);

// The same of the adapter in `folder`, see read_lora_adapter. Does nothing if the path is empty.
void merge_lora_folder(WeightMap& weights, const std::filesystem::path& folder, const TableName& table_name,
                       ComputeType type);

}  // namespace ocellus::models
