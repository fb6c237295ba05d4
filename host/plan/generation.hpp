// How answers of a run are generated, as far as the user says; see oc_generation.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ocellus::plan {

struct Generation {
  bool draws = false;  // each token is drawn instead of being the likeliest
  std::optional<double> temperature, top_p, repetition_penalty;
  std::optional<int64_t> top_k;  // 0 = all
  std::vector<std::string> stop_strings;

  // Nothing is said.
  bool is_default() const { return !draws && !repetition_penalty && stop_strings.empty(); }
};

// The C view. Lives as long as the `Generation` it was made of.
class RawGeneration {
 public:
  RawGeneration(const Generation& generation, uint64_t seed);
  RawGeneration(const RawGeneration&) = delete;

  // NULL if nothing is said, so that models of older packages serve it.
  const oc_generation* pointer() const { return is_default_ ? nullptr : &raw_; }

 private:
  bool is_default_;
  std::vector<const char*> stop_strings_;
  oc_generation raw_{};
};

}  // namespace ocellus::plan
