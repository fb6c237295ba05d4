#include "plugins/models/common/generation/token_chooser.hpp"

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

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

// Of a token beside the likeliest.
double weight(float logit, float best) {
  return std::exp(static_cast<double>(logit) - static_cast<double>(best));
}

}  // namespace

TokenChooser::TokenChooser(const GenerationSettings& settings, std::span<const int64_t> prompt)
    : settings_(settings), seen_(prompt.begin(), prompt.end()) {}

TokenChooser::Odds TokenChooser::process(std::span<float> logits) const {
  if (settings_.repetition_penalty != 1.0f) penalise_repetition(logits, seen_, settings_.repetition_penalty);
  if (settings_.draws) {
    if (settings_.temperature != 1.0f) divide_by_temperature(logits, settings_.temperature);
    if (settings_.top_k > 0) keep_top_k(logits, settings_.top_k);
    if (settings_.top_p < 1.0) keep_top_p(logits, settings_.top_p);
  }
  const auto best = std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += weight(logit, *best);
  return {best - logits.begin(), sum};
}

Choice TokenChooser::choose(int64_t token, std::span<const float> logits, const Odds& odds) {
  ++step_;
  seen_.insert(token);
  const double best = logits[static_cast<size_t>(odds.best)];
  return {token, static_cast<double>(logits[static_cast<size_t>(token)]) - best - std::log(odds.sum)};
}

Choice TokenChooser::next(std::span<float> logits) {
  const Odds odds = process(logits);
  int64_t chosen = odds.best;
  if (settings_.draws) {
    const float best = logits[static_cast<size_t>(odds.best)];
    const double until = uniform(settings_.seed, step_) * odds.sum;
    double passed = 0;
    // Rounding may leave nothing over the last step of the sum: then the likeliest stays chosen.
    for (auto at = logits.begin(); at != logits.end(); ++at) {
      passed += weight(*at, best);
      if (passed > until) {
        chosen = at - logits.begin();
        break;
      }
    }
  }
  return choose(chosen, logits, odds);
}

Choice TokenChooser::take(int64_t token, std::span<float> logits) {
  if (token < 0 || static_cast<size_t>(token) >= logits.size())
    throw Error(OC_E_INTERNAL, "a plan forces a token that the model does not have");
  const Odds odds = process(logits);
  return choose(token, logits, odds);
}

}  // namespace ocellus::models
