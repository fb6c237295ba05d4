// The options `target=` and `score=`: what gradients are of.
#pragma once

#include <ocellus/sdk/method.hpp>
#include <string>

namespace ocellus::methods {

// "answer", "token:K" or "text:WORDS", the words in double quotes or not. Throws Error(OC_E_OPTION) for anything else.
Target parse_target(const std::string& text);

// As it is written.
std::string target_text(const Target& target);

struct TargetOptions {
  TextOption target;
  ChoiceOption score;

  TargetOptions(OptionSet& set, const char* default_score);
  // Throws as parse_target.
  Target value() const;
};

}  // namespace ocellus::methods
