// Text to pieces, as SentencePiece's BPE does it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plugins/models/common/sentencepiece/model_file.hpp"
#include "plugins/models/common/tokenizer/bpe.hpp"

namespace ocellus::models {

class Segmenter {
 public:
  explicit Segmenter(SentencePieceModel model);

  // Appends the pieces of `text`, which is UTF-8 with its spaces already written as "▁": the adjacent pair whose joined
  // text has the highest score is merged first, leftmost on ties; user-defined pieces are found first and stay as they
  // are; nothing merges into control, unknown and byte pieces. What no piece spells is the byte pieces of its bytes or,
  // without byte fallback, one unknown piece a run. O(n log n).
  void encode(std::string_view text, std::vector<Symbol>& pieces) const;

  const SentencePieceModel& model() const { return model_; }
  const SentencePiece& piece(std::uint32_t id) const { return model_.pieces[id]; }  // requires id < pieces.size()
  std::uint32_t unknown() const { return unknown_; }
  // Of any kind.
  std::optional<std::uint32_t> id(std::string_view text) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  class Merger;

  // A piece that text can become.
  std::optional<std::uint32_t> matching(std::string_view text) const;
  // Bytes of the longest user-defined piece at the beginning of `text`; 0 if there is none.
  std::size_t user_defined(std::string_view text) const;

  SentencePieceModel model_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> ids_;
  std::unordered_map<char, std::vector<std::string>> user_defined_;  // by first byte, longest first
  std::size_t longest_ = 0;                                          // bytes of the longest piece
  std::uint32_t unknown_ = 0;
  std::vector<std::uint32_t> byte_ids_;  // empty without byte fallback
};

}  // namespace ocellus::models
