// The regular expressions of tokenizer.json are written for Oniguruma; PCRE2 runs ours.
#pragma once

#include <string>
#include <string_view>

namespace ocellus::models {

// The PCRE2 pattern that matches what `pattern` matches in Oniguruma (its own syntax, UTF-8). Only constructs that mean
// the same in both are let through: literals, classes, \s \S \d \r \n \t, \p{category}, groups (?: (?i: (?= (?!,
// alternatives and quantifiers. `\s` and `\S` are spelt out: PCRE2 counts U+180E as a space, Oniguruma does not.
// Throws Error(OC_E_MODEL) naming the construct that is not one of these.
std::string to_pcre2(std::string_view pattern);

}  // namespace ocellus::models
