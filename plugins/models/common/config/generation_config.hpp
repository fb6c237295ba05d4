// generation_config.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ocellus::models {

struct GenerationConfig {
  std::vector<int64_t> end_tokens;
  float repetition_penalty = 1;
  // Of drawn tokens, as they stand there or as Hugging Face has them where they do not; not checked.
  double temperature = 1, top_p = 1;
  int64_t top_k = 50;
};

// Reads generation_config.json, falling back on config.json (there on its text_config) for the end tokens, and on
// `class_default` where no file names one. Whether the file wants tokens to be drawn is not read: that is the user's to
// say. Throws Error(OC_E_MODEL).
GenerationConfig read_generation_config(const std::filesystem::path& folder,
                                        const std::vector<int64_t>& class_default = {});

// What it means, for people: "repetition penalty 1.1, stops at 2; drawn with temperature 0.5, top-k 50, top-p 1".
std::string description_of(const GenerationConfig& generation);

}  // namespace ocellus::models
