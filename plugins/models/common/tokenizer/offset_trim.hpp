// White space left out of the ranges of tokens.
#pragma once

#include <string_view>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {

// The offsets of RobertaProcessing: spaces that a token's spelling begins or ends with do not belong to its range.
struct OffsetTrim {
  bool add_prefix_space;  // one space at the beginning of the text was never in it

  // `text` is the caller's, `spelling` the token's in the vocabulary or, of an added token, as it was found. The range
  // of white space alone becomes empty.
  void apply(std::string_view text, std::string_view spelling, bool is_first, Token& token) const;
};

}  // namespace ocellus::models
