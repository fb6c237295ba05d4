// The stages a tokenizer.json describes, ready to run, in the order in which text passes through them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "plugins/models/common/tokenizer/added_tokens.hpp"
#include "plugins/models/common/tokenizer/aligned_text.hpp"
#include "plugins/models/common/tokenizer/bpe.hpp"
#include "plugins/models/common/tokenizer/pretokenizer/split_pattern.hpp"

namespace ocellus::models {

using Normalizer = std::function<AlignedText(AlignedText)>;

// What the post-processor puts around the text when special tokens are asked for.
struct Template {
  std::vector<std::uint32_t> before, after;
};

struct Pipeline {
  AddedTokens added_tokens;
  std::vector<Normalizer> normalizers;
  std::vector<SplitPattern> splits;
  ByteLevelBpe model;
  Template special_tokens;
};

}  // namespace ocellus::models
