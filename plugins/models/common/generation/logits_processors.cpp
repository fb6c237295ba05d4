#include "plugins/models/common/generation/logits_processors.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

namespace ocellus::models {

namespace {

constexpr float removed = -std::numeric_limits<float>::infinity();

}  // namespace

void penalise_repetition(std::span<float> logits, const std::unordered_set<int64_t>& seen, float penalty) {
  for (const int64_t id : seen) {
    float& logit = logits[static_cast<size_t>(id)];
    logit = logit < 0 ? logit * penalty : logit / penalty;
  }
}

void divide_by_temperature(std::span<float> logits, float temperature) {
  for (float& logit : logits) logit /= temperature;
}

void keep_top_k(std::span<float> logits, int64_t k) {
  if (k >= static_cast<int64_t>(logits.size())) return;
  std::vector<float> sorted(logits.begin(), logits.end());
  std::nth_element(sorted.begin(), sorted.begin() + (k - 1), sorted.end(), std::greater<>());
  const float least = sorted[static_cast<size_t>(k - 1)];
  for (float& logit : logits) {
    if (logit < least) logit = removed;
  }
}

void keep_top_p(std::span<float> logits, double p) {
  std::vector<size_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), size_t{0});
  std::stable_sort(ids.begin(), ids.end(), [&](size_t a, size_t b) { return logits[a] < logits[b]; });
  const auto largest = static_cast<double>(logits[ids.back()]);
  const auto weight = [&](size_t id) { return std::exp(static_cast<double>(logits[id]) - largest); };
  double total = 0, sum = 0;
  for (const size_t id : ids) total += weight(id);
  // Compared in float32, as there.
  const auto limit = static_cast<float>(1.0 - p);
  for (size_t i = 0; i + 1 < ids.size(); ++i) {
    sum += weight(ids[i]) / total;
    if (static_cast<float>(sum) > limit) return;
    logits[ids[i]] = removed;
  }
}

}  // namespace ocellus::models
