// Every weight of the network by the name the hub's folders give it, matched against what a folder holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/weights/weight_table.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"

namespace ocellus::qwen2_5_vl {

// The weights a network of this configuration has; a tied head is not one of them.
std::vector<models::WeightSpec> weight_table(const Config& config);

// Elements of all weights together.
int64_t parameter_count(const Config& config);

// The hub's name for a weight named as the class names it since transformers 4.52 (`model.language_model.`,
// `model.visual.`), as a save of the inner model does, or with the prefix a training framework leaves.
std::string hub_name(std::string_view name);

// The hub's name, or nothing for a weight that is passed over: rotary tables, which are computed, and the head of a
// model with a tied one.
std::string table_name(std::string_view stored, const Config& config);

// The stored tensors by hub name. Every weight of the table is there once, with its shape, and nothing else is, save
// what is passed over. Throws Error(OC_E_MODEL) naming the weight that is missing, unexpected, doubled or of another
// shape.
models::WeightMap match_weights(const models::Checkpoint& checkpoint, const Config& config,
                                const std::filesystem::path& folder);

}  // namespace ocellus::qwen2_5_vl
