// What changes logits before a token is chosen, as Hugging Face defines it (transformers,
// generation/logits_process.py).
#pragma once

#include <cstdint>
#include <span>
#include <unordered_set>

namespace ocellus::models {

// Once on every id of `seen`: x * penalty where x < 0, else x / penalty. RepetitionPenaltyLogitsProcessor.
void penalise_repetition(std::span<float> logits, const std::unordered_set<int64_t>& seen, float penalty);

// TemperatureLogitsWarper.
void divide_by_temperature(std::span<float> logits, float temperature);

// -inf for all that are less than the k-th largest; equals of it stay. `k` > 0, all stay if there are no more.
// TopKLogitsWarper.
void keep_top_k(std::span<float> logits, int64_t k);

// -inf for the least likely whose probabilities sum to no more than 1 - p; the likeliest stays. Among equals, those of
// smaller ids go first. TopPLogitsWarper.
void keep_top_p(std::span<float> logits, double p);

}  // namespace ocellus::models
