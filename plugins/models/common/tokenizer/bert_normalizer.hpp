// The normalizer of BERT's tokenizers.
#pragma once

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

struct BertNormalizer {
  bool clean_text;            // control characters go, white space becomes spaces
  bool handle_chinese_chars;  // a space on both sides of each ideograph
  bool strip_accents;         // decomposed, then without nonspacing marks
  bool lowercase;

  AlignedText normalize(AlignedText text) const;
};

}  // namespace ocellus::models
