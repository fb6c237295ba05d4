// Normalisation of text before it is split.
#pragma once

#include <cstddef>
#include <string_view>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

// Unicode normalisation forms C and D. Apply them to each piece between added tokens by itself: across such a border a
// base and its combining mark must not meet.
AlignedText normalize_nfc(AlignedText text);
AlignedText normalize_nfd(AlignedText text);

// Puts `prefix`, which must not be empty, before text that is not empty; it stands where the first character stands.
AlignedText prepend(AlignedText text, std::string_view prefix);

// Replaces every occurrence of `pattern` by `content`, neither of them empty; what replaces characters stands where
// the last of them stood.
AlignedText replace(AlignedText text, std::string_view pattern, std::string_view content);

// Replaces every run of at least `least` (1 or more) of the ASCII `character` by `content` in the same way.
AlignedText replace_runs(AlignedText text, char character, std::size_t least, std::string_view content);

// Leaves out white space at the beginning, at the end or at both.
AlignedText strip(AlignedText text, bool left, bool right);

}  // namespace ocellus::models
