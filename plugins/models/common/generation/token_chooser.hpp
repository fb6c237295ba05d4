// The choice of the next token.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_set>

#include "plugins/models/common/generation/settings.hpp"

namespace ocellus::models {

struct Choice {
  int64_t token;
  double log_probability;  // after all processors
};

// Tokens as generate() of Hugging Face chooses them: the likeliest, or drawn by counting (oc_generation), so that the
// same logits and seed give the same tokens everywhere.
class TokenChooser {
 public:
  // The repetition penalty acts on every id of the prompt and of what was generated. `settings` are borrowed.
  TokenChooser(const GenerationSettings& settings, std::span<const int64_t> prompt);

  // It counts as generated from now on. `logits` are overwritten by what the processors make of them; of several that
  // are the likeliest the first is taken.
  Choice next(std::span<float> logits);
  // The same for a token that is given: its log-probability is that which it would have been chosen with.
  Choice take(int64_t token, std::span<float> logits);

 private:
  struct Odds {
    int64_t best;  // the likeliest token
    double sum;    // of exp(logit - the best one's)
  };
  Odds process(std::span<float> logits) const;
  Choice choose(int64_t token, std::span<const float> logits, const Odds& odds);

  const GenerationSettings& settings_;
  std::unordered_set<int64_t> seen_;
  uint32_t step_ = 0;
};

}  // namespace ocellus::models
