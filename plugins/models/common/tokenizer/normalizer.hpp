// Normalisation of text before it is split.
#pragma once

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

// Unicode normalisation form C. Apply it to each piece between added tokens by itself: across such a border a base and
// its combining mark must not meet.
AlignedText normalize_nfc(AlignedText text);

}  // namespace ocellus::models
