// What is said of targets that are tokens of an answer, wherever they are scored.
#pragma once

#include <cstddef>
#include <string>

#include "host/plan/wish.hpp"

namespace ocellus::run {

// "the log-probability of answer token 2"
std::string name_of(const plan::Target& target);

// Throws Error(OC_E_SAMPLE) if the target is a token that an answer of `n_tokens`, without a stop token, does not have.
void expect_token(const plan::Target& target, size_t n_tokens);

}  // namespace ocellus::run
