// The stages a tokenizer.json describes, ready to run, in the order in which text passes through them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "plugins/models/common/tokenizer/added_tokens.hpp"
#include "plugins/models/common/tokenizer/aligned_text.hpp"
#include "plugins/models/common/tokenizer/bpe.hpp"
#include "plugins/models/common/tokenizer/decoder.hpp"
#include "plugins/models/common/tokenizer/offset_trim.hpp"
#include "plugins/models/common/tokenizer/pretokenizer/pre_tokenizer.hpp"
#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "plugins/models/common/tokenizer/unigram.hpp"
#include "plugins/models/common/tokenizer/word_piece.hpp"

namespace ocellus::models {

using Normalizer = std::function<AlignedText(AlignedText)>;

// Each has `encode`, from a piece of text to symbols, and its `vocabulary`.
using Model = std::variant<ByteLevelBpe, CharacterBpe, Unigram, WordPiece>;

inline const Vocabulary& vocabulary_of(const Model& model) {
  return std::visit([](const auto& alternative) -> const Vocabulary& { return alternative.vocabulary(); }, model);
}

struct PostProcessor {
  SpecialTokens special_tokens;
  std::optional<OffsetTrim> trim;
};

struct Pipeline {
  AddedTokens added_tokens;
  std::vector<Normalizer> normalizers;
  PreTokenizer pre_tokenizer;
  Model model;
  std::unique_ptr<const Decoder> decoder;
  PostProcessor post_processor;

  const Vocabulary& vocabulary() const { return vocabulary_of(model); }

  // The tokens of `text`, which must be UTF-8, without special ones around it.
  std::vector<Token> encode(std::string_view text) const;
};

}  // namespace ocellus::models
