#include "host/faithfulness/reply.hpp"

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

namespace ocellus::faithfulness {

int64_t likeliest(std::span<const float> logits) {
  return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

double score_of(std::span<const float> logits, int64_t id, Score score) {
  if (id < 0 || static_cast<size_t>(id) >= logits.size())
    throw Error(OC_E_INTERNAL, "a token of the answer has no logit");
  const double logit = logits[static_cast<size_t>(id)];
  if (score == Score::logit) return logit;
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float each : logits) sum += std::exp(static_cast<double>(each) - largest);
  if (score == Score::log_probability) return logit - largest - std::log(sum);
  return std::exp(logit - largest) / sum;
}

}  // namespace ocellus::faithfulness
