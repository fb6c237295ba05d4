// The pre-tokenizer that writes spaces as a visible character, as SentencePiece does.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

struct Metaspace {
  enum class Prepend { always, first, never };

  std::string replacement;  // one character, "▁"
  Prepend prepend;          // before which pieces it is put if they do not begin with it: `first`, that of the text

  // `piece` is text between added tokens and not empty.
  AlignedText spell(AlignedText piece) const;
  // A Split (pre_tokenizer.hpp) of spelt text: a word begins at each replacement.
  void split(std::string_view spelt, std::size_t offset, std::vector<ByteRange>& words) const;
};

}  // namespace ocellus::models
