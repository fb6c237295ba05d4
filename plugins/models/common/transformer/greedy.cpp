#include "plugins/models/common/transformer/greedy.hpp"

#include <algorithm>
#include <cmath>

namespace ocellus::models {

GreedyDecoder::GreedyDecoder(float repetition_penalty, std::span<const int64_t> prompt)
    : penalty_(repetition_penalty), seen_(prompt.begin(), prompt.end()) {}

Choice GreedyDecoder::next(std::span<float> logits) {
  if (penalty_ != 1.0f) {
    for (const int64_t id : seen_) {
      float& logit = logits[static_cast<size_t>(id)];
      logit = logit < 0 ? logit * penalty_ : logit / penalty_;
    }
  }
  const auto best = std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - static_cast<double>(*best));
  const int64_t token = best - logits.begin();
  seen_.insert(token);
  return {token, -std::log(sum)};
}

}  // namespace ocellus::models
