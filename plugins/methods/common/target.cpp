#include "plugins/methods/common/target.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace ocellus::methods {

Target parse_target(const std::string& text) {
  if (text == "answer") return {};
  constexpr std::string_view token = "token:", words = "text:";
  if (text.starts_with(token)) {
    Target target{.tokens = OC_TARGET_TOKEN};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + token.size(), end, target.index);
    if (error == std::errc() && stop == end && target.index >= 0) return target;
  } else if (text.starts_with(words)) {
    std::string given = text.substr(words.size());
    if (given.size() > 1 && given.front() == '"' && given.back() == '"') given = given.substr(1, given.size() - 2);
    if (!given.empty()) return {.tokens = OC_TARGET_TEXT, .text = given};
  }
  throw Error(OC_E_OPTION, fmt::format("target={}: write answer, token:K with K from 0, or text:WORDS", text));
}

std::string target_text(const Target& target) {
  if (target.tokens == OC_TARGET_TOKEN) return fmt::format("token:{}", target.index);
  return target.tokens == OC_TARGET_TEXT ? "text:" + target.text : "answer";
}

TargetOptions::TargetOptions(OptionSet& set, const char* default_score)
    : target{set, "target", "answer", "what gradients are of: answer, token:K of it, or text:WORDS given in its place"},
      score{set,
            "score",
            default_score,
            "what is summed over the target's tokens",
            {{"logit", "raw logits"}, {"log-probability", "logarithms of probabilities"}}} {}

Target TargetOptions::value() const {
  Target of = parse_target(target.value());
  of.score = score.value() == "logit" ? OC_SCORE_LOGIT : OC_SCORE_LOG_PROBABILITY;
  return of;
}

}  // namespace ocellus::methods
