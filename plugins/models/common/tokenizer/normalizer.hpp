// Normalisation of text before it is split.
#pragma once

#include <string_view>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

// Unicode normalisation form C. Apply it to each piece between added tokens by itself: across such a border a base and
// its combining mark must not meet.
AlignedText normalize_nfc(AlignedText text);

// Puts `prefix`, which must not be empty, before text that is not empty; it stands where the first character stands.
AlignedText prepend(AlignedText text, std::string_view prefix);

// Replaces every occurrence of `pattern` by `content`, neither of them empty; what replaces characters stands where
// the last of them stood.
AlignedText replace(AlignedText text, std::string_view pattern, std::string_view content);

}  // namespace ocellus::models
