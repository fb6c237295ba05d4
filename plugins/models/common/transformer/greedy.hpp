// The choice of the next token.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_set>

namespace ocellus::models {

struct Choice {
  int64_t token;
  double log_probability;  // after the penalty
};

// Greedy decoding as Hugging Face does it with do_sample=False.
class GreedyDecoder {
 public:
  // `repetition_penalty` > 0, 1 for none, acts once on every id of the prompt and of what was generated.
  GreedyDecoder(float repetition_penalty, std::span<const int64_t> prompt);

  // The first maximum of `logits` after the penalty; it counts as generated from now on. `logits` are overwritten.
  Choice next(std::span<float> logits);

 private:
  float penalty_;
  std::unordered_set<int64_t> seen_;
};

}  // namespace ocellus::models
