// A LoRA folder, matched against the weights of the model it is for.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

// What is added to a weight W [out, in]: scaling times B A, with A [rank, in] and B [out, rank]. For an embedding
// [rows, width] it is the transpose of that, with A [rank, rows] and B [width, rank].
struct LowRankUpdate {
  TensorView a, b;
  double scaling = 1;
  bool is_embedding = false;
};

// Both by the names of the weight table.
struct LoraAdapter {
  std::map<std::string, LowRankUpdate> updates;
  std::map<std::string, TensorView> replacements;  // modules_to_save and trained biases
};

// The files that decide what an adapter does; none without a folder, whose path is empty. Throws Error(OC_E_MODEL) if
// it has no configuration or no weights.
std::vector<std::filesystem::path> lora_files(const std::filesystem::path& folder);

// Reads adapter_config.json and adapter_model.safetensors or adapter_model.bin. `table_name` gives the name in
// `weights` of a weight as the adapter names it, behind PEFT's "base_model.model.". Throws Error(OC_E_MODEL) naming the
// tensor that is no part of an adapter, belongs to no weight (with the nearest), lacks its other half, or does not fit.
LoraAdapter read_lora_adapter(const std::filesystem::path& folder, const WeightMap& weights,
                              const TableName& table_name);

}  // namespace ocellus::models
