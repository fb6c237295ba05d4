// How answers are generated: what the folder says, and what the user says instead.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/models/common/config/generation_config.hpp"

namespace ocellus::models {

struct GenerationSettings {
  float repetition_penalty = 1;  // 1 = none
  std::vector<int64_t> end_tokens;
  std::vector<std::string> stop_strings;
  bool draws = false;  // what follows acts only then
  float temperature = 1;
  double top_p = 1;
  int64_t top_k = -1;  // -1 = all
  uint64_t seed = 0;
};

// `asked`: NULL = nothing is asked. Throws Error(OC_E_MODEL) if tokens are to be drawn with a number of the folder with
// which that cannot be, Error(OC_E_INTERNAL) for a number that the host must not hand over.
GenerationSettings settings_of(const GenerationConfig& config, const oc_generation* asked);

}  // namespace ocellus::models
