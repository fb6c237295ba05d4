// Which tokens of a prompt are text and which are image: the groups that attention flows between.
#pragma once

#include <ocellus/abi/layout.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ocellus::methods {

using Tokens = std::vector<int64_t>;  // sorted

struct TokenGroup {
  std::string name;
  Tokens tokens;  // never empty
};

// The prompt [0, n_tokens) by what its tokens are: bos, or first_token where the tokenizer has none; system, user_text,
// question, assistant_text, special, image0, image1, ...; in this order, without those that are empty. They partition
// the prompt.
std::vector<TokenGroup> token_groups(std::span<const oc_segment> segments, int64_t n_tokens);

// The two sides of "text to visual". `text` and `image` may be empty.
struct Sides {
  Tokens text, image;
};

// Text is what is neither BOS (nor the first token where there is none), nor system message, nor image.
Sides honest_sides(std::span<const oc_segment> segments, int64_t n_tokens);

// As the tool of the LLaVA head study splits a prompt: text is everything but the image and the system group, BOS
// included; the system group has one token too many, because there the system message is tokenised with the blank
// behind it, which in the prompt belongs to the next token.
Sides upstream_sides(std::span<const oc_segment> segments, int64_t n_tokens);

}  // namespace ocellus::methods
