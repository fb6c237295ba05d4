// generation_config.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ocellus::models {

struct GenerationConfig {
  std::vector<int64_t> end_tokens;
  float repetition_penalty;
};

// Reads generation_config.json, falling back on config.json (there on its text_config) for the end tokens, and on
// `class_default` where no file names one. Sampling settings are not read: decoding is greedy. Throws
// Error(OC_E_MODEL).
GenerationConfig read_generation_config(const std::filesystem::path& folder,
                                        const std::vector<int64_t>& class_default = {});

// What it means, for people: "greedy, repetition penalty 1.1, stops at 2".
std::string description_of(const GenerationConfig& generation);

}  // namespace ocellus::models
