// The stages a tokenizer.json describes, ready to run, in the order in which text passes through them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "plugins/models/common/tokenizer/added_tokens.hpp"
#include "plugins/models/common/tokenizer/aligned_text.hpp"
#include "plugins/models/common/tokenizer/bpe.hpp"
#include "plugins/models/common/tokenizer/decoder.hpp"
#include "plugins/models/common/tokenizer/metaspace.hpp"
#include "plugins/models/common/tokenizer/pretokenizer/split_pattern.hpp"

namespace ocellus::models {

using Normalizer = std::function<AlignedText(AlignedText)>;

// What the post-processor puts around the text when special tokens are asked for.
struct Template {
  std::vector<std::uint32_t> before, after;
};

using BpeModel = std::variant<ByteLevelBpe, CharacterBpe>;

inline const Vocabulary& vocabulary_of(const BpeModel& model) {
  return std::visit([](const auto& bpe) -> const Vocabulary& { return bpe.vocabulary(); }, model);
}

struct Pipeline {
  AddedTokens added_tokens;
  std::vector<Normalizer> normalizers;
  std::vector<SplitPattern> splits;
  std::optional<Metaspace> metaspace;  // before the splits
  BpeModel model;
  Decoder decoder;
  Template special_tokens;

  const Vocabulary& vocabulary() const { return vocabulary_of(model); }
};

}  // namespace ocellus::models
