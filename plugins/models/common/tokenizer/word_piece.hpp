// The model WordPiece: the longest entry that a word begins with, then the longest that its rest begins with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/symbol.hpp"
#include "plugins/models/common/tokenizer/vocabulary.hpp"

namespace ocellus::models {

class WordPiece {
 public:
  // Entries that begin with `continuing_prefix` ("##") stand inside words. A word of more than `max_characters`, and
  // one that the entries do not spell, is the entry `unknown` as a whole.
  WordPiece(Vocabulary vocabulary, std::uint32_t unknown, std::string continuing_prefix, std::uint64_t max_characters);

  // Appends the tokens of `word`, which must be UTF-8.
  void encode(std::string_view word, std::vector<Symbol>& tokens) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  bool is_too_long(std::string_view word) const;

  Vocabulary vocabulary_;
  std::uint32_t unknown_;
  std::string continuing_prefix_;
  std::uint64_t max_characters_;
  std::size_t longest_ = 0;  // bytes of the longest entry
};

}  // namespace ocellus::models
