#include "plugins/methods/match_score/answer_odds.hpp"

#include <algorithm>
#include <cmath>

namespace ocellus::methods {

AnswerOdds answer_odds(std::span<const float> logits, size_t yes, size_t no) {
  const double largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  const auto weight = [&](size_t token) { return std::exp(static_cast<double>(logits[token]) - largest); };
  double sum = 0;
  for (size_t token = 0; token < logits.size(); ++token) sum += weight(token);
  AnswerOdds odds{weight(yes) / sum, weight(no) / sum, 0, 0, 0};
  constexpr double tiny = 1e-10;
  for (size_t token = 0; token < logits.size(); ++token) {
    const double p = weight(token) / sum;
    odds.entropy -= p * std::log(p + tiny);
  }
  odds.two_way = 1 / (1 + std::exp(static_cast<double>(logits[no]) - static_cast<double>(logits[yes])));
  odds.floored = std::floor(100 * odds.yes) / 100;
  return odds;
}

}  // namespace ocellus::methods
