#include "host/run/answer_target.hpp"

#include <fmt/format.h>
#include <ocellus/abi/probe.h>

#include <ocellus/sdk/error.hpp>

namespace ocellus::run {

std::string name_of(const plan::Target& target) {
  const std::string of = target.tokens == OC_TARGET_ANSWER  ? "the answer"
                         : target.tokens == OC_TARGET_TOKEN ? fmt::format("answer token {}", target.index)
                                                            : fmt::format("'{}'", target.text);
  return fmt::format("the {} of {}", target.score == OC_SCORE_LOGIT ? "logits" : "log-probability", of);
}

void expect_token(const plan::Target& target, size_t n_tokens) {
  if (target.tokens != OC_TARGET_TOKEN || target.index < static_cast<int64_t>(n_tokens)) return;
  throw Error(OC_E_SAMPLE, fmt::format("answer token {} does not exist: the answer has {} token{}", target.index,
                                       n_tokens, n_tokens == 1 ? "" : "s"));
}

}  // namespace ocellus::run
