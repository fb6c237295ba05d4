// Byte-pair encoding: symbols of a piece of text are merged by learned rules until no rule applies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/models/common/tokenizer/symbol.hpp"
#include "plugins/models/common/tokenizer/vocabulary.hpp"

namespace ocellus::models {

class MergeTable {
 public:
  void reserve(std::size_t count) { rules_.reserve(count); }

  // Rules come in order of rank, best first; a pair that comes again takes the later rank, as in the library.
  void add(std::uint32_t left, std::uint32_t right, std::uint32_t product);

  // Merges the adjacent pair of lowest rank, leftmost on ties, until there is none. O(n log n) in the symbols.
  void apply(std::vector<Symbol>& symbols) const;

 private:
  struct Rule {
    std::uint32_t rank, product;
  };
  const Rule* find(std::uint32_t left, std::uint32_t right) const;

  std::unordered_map<std::uint64_t, Rule> rules_;
  std::uint32_t next_rank_ = 0;
};

// BPE over the bytes of a piece, each byte spelt by one character of the byte-level alphabet.
class ByteLevelBpe {
 public:
  // `ignore_merges`: a piece that is in the vocabulary as a whole is that one token, whatever the rules say.
  ByteLevelBpe(Vocabulary vocabulary, MergeTable merges, bool ignore_merges);

  // Appends the tokens of `piece`. A byte that the vocabulary does not have gives nothing, as in the library.
  void encode(std::string_view piece, std::vector<Symbol>& tokens) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  Vocabulary vocabulary_;
  MergeTable merges_;
  bool ignore_merges_;
  std::array<std::optional<std::uint32_t>, 256> byte_ids_;
};

// BPE over the characters of a piece, with tokens for what the vocabulary does not spell: "<0x0A>" for each of a
// character's bytes, or an unknown token.
class CharacterBpe {
 public:
  struct Fallback {
    bool to_bytes;                         // "byte_fallback"
    std::optional<std::uint32_t> unknown;  // "unk_token"; without it such a character gives nothing
    bool fuse_unknown;                     // neighbouring unknown characters are one token
  };

  CharacterBpe(Vocabulary vocabulary, MergeTable merges, bool ignore_merges, Fallback fallback);

  // Appends the tokens of `piece`, which must be UTF-8.
  void encode(std::string_view piece, std::vector<Symbol>& tokens) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  // Ids of the byte tokens of a character; empty unless the vocabulary has all of them.
  std::vector<std::uint32_t> byte_tokens(std::string_view character) const;

  Vocabulary vocabulary_;
  MergeTable merges_;
  bool ignore_merges_;
  Fallback fallback_;
  std::array<std::optional<std::uint32_t>, 256> byte_ids_;
};

}  // namespace ocellus::models
