// The normalizer Precompiled: the character map that SentencePiece compiles into its models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

class PrecompiledCharsmap {
 public:
  // `charsmap`: the size in bytes of a Darts double-array trie (little-endian 32 bits), the trie (units of 32 bits),
  // and replacements that each end with NUL; the trie maps sequences of characters to offsets of replacements. The
  // whole trie is walked once: throws Error(OC_E_MODEL) where it is cut off, leads outside or in circles, or where an
  // offset is not that of a character of the replacements, or those are not UTF-8.
  explicit PrecompiledCharsmap(std::string_view charsmap);

  // Replaces grapheme clusters of up to five bytes as a whole and, where they begin with nothing that the trie has,
  // and longer ones always, each of their characters by itself, as the library does (SentencePiece itself: longest
  // match first).
  AlignedText normalize(AlignedText text) const;

 private:
  void check_trie() const;
  // The replacement of the shortest sequence of the trie that `chunk` begins with.
  std::optional<std::string_view> replacement(std::string_view chunk) const;
  std::string_view replacement_at(std::size_t offset) const;

  std::vector<std::uint32_t> trie_;
  std::string replacements_;
};

}  // namespace ocellus::models
