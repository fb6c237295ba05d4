#include "plugins/models/common/generation/token_chooser.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/models/common/generation/logits_processors.hpp"
#include "plugins/models/common/noise/philox.hpp"

namespace ocellus::models {

namespace {

// Uniform in [0, 1), of 53 bits.
double uniform(uint64_t seed, uint32_t step) {
  constexpr uint32_t of_tokens = 1;  // noise on pictures has 0 there
  const auto words =
      philox4x32({step, 0, 0, of_tokens}, {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
  const auto high = static_cast<double>(words[0] >> 5), low = static_cast<double>(words[1] >> 6);
  return (high * 67108864.0 + low) / 9007199254740992.0;  // 2^26, 2^53
}

}  // namespace

TokenChooser::TokenChooser(const GenerationSettings& settings, std::span<const int64_t> prompt)
    : settings_(settings), seen_(prompt.begin(), prompt.end()) {}

Choice TokenChooser::next(std::span<float> logits) {
  if (settings_.repetition_penalty != 1.0f) penalise_repetition(logits, seen_, settings_.repetition_penalty);
  if (settings_.draws) {
    if (settings_.temperature != 1.0f) divide_by_temperature(logits, settings_.temperature);
    if (settings_.top_k > 0) keep_top_k(logits, settings_.top_k);
    if (settings_.top_p < 1.0) keep_top_p(logits, settings_.top_p);
  }
  const auto best = std::max_element(logits.begin(), logits.end());
  const auto weight = [&](float logit) { return std::exp(static_cast<double>(logit) - static_cast<double>(*best)); };
  double sum = 0;
  for (const float logit : logits) sum += weight(logit);
  auto chosen = best;
  if (settings_.draws) {
    const double until = uniform(settings_.seed, step_) * sum;
    double passed = 0;
    // Rounding may leave nothing over the last step of the sum: then the likeliest stays chosen.
    for (auto at = logits.begin(); at != logits.end(); ++at) {
      passed += weight(*at);
      if (passed > until) {
        chosen = at;
        break;
      }
    }
  }
  ++step_;
  const int64_t token = chosen - logits.begin();
  seen_.insert(token);
  return {token, static_cast<double>(*chosen) - static_cast<double>(*best) - std::log(sum)};
}

}  // namespace ocellus::models
