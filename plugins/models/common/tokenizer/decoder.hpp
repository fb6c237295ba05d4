// From the spellings of tokens back to text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

// What the `decoder` of tokenizer.json says: the byte-level alphabet, or the steps of a SentencePiece model.
struct Decoder {
  bool byte_level;
  // The rest means nothing for a byte-level one.
  std::vector<std::pair<std::string, std::string>> replacements;  // in each token, in order
  bool byte_fallback;                                             // "<0x0A>" is a byte
  std::string stripped;  // one such character is taken off the beginning of the whole text; empty: none

  // The bytes of one token by itself: possibly only a part of a character, and nothing is taken off its beginning.
  std::string bytes(const std::string& token) const;
  // The text of all tokens: UTF-8, with U+FFFD for what is not.
  std::string text(std::span<const std::string* const> tokens) const;
};

}  // namespace ocellus::models
