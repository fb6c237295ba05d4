// The pre-tokenizer that writes spaces as a visible character, as SentencePiece does.
#pragma once

#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

struct Metaspace {
  enum class Prepend { always, first, never };

  std::string replacement;  // one character, "▁"
  Prepend prepend;          // before which pieces it is put if they do not begin with it: `first`, that of the text
  bool split;               // a word begins at each replacement

  // `section` is text between added tokens and not empty.
  AlignedText spell(AlignedText section) const;
  // The words of spelt text, in order, none of them empty.
  std::vector<ByteRange> words(std::string_view spelt) const;
};

}  // namespace ocellus::models
