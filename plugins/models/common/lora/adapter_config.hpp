// adapter_config.json of a LoRA folder, as PEFT writes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocellus::models {

struct LoraConfig {
  int64_t rank = 8;
  double alpha = 8;
  bool rank_stabilised = false;  // use_rslora
  // Regular expressions that a module's path, or what follows one of its dots, has to match; the first hit counts.
  std::vector<std::pair<std::string, int64_t>> rank_patterns;
  std::vector<std::pair<std::string, double>> alpha_patterns;

  // Of the module of that path in the model it was trained on.
  int64_t rank_of(std::string_view module) const;
  // What B A is multiplied by: alpha / rank, or alpha / sqrt(rank).
  double scaling_of(std::string_view module) const;
};

// Throws Error(OC_E_MODEL) for what is malformed, and names what is more than LoRA: DoRA, repeated layers, biases of
// the low-rank matrices, single parameters or tokens, starts that change the base model. `fan_in_fan_out` says nothing
// here: it is about layers that store their weight transposed, and there is none. Which modules are adapted is told by
// the tensors, not by `target_modules`.
LoraConfig read_lora_config(const std::filesystem::path& folder);

}  // namespace ocellus::models
