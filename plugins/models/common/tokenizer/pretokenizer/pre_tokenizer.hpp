// Cutting of normalised text into the pieces that a model gets.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

// Appends the pieces of `text`, which is UTF-8 and not empty, in order, none of them empty, as ranges of `text` shifted
// by `offset`. Throws Error(OC_E_SAMPLE) where the text cannot be split.
using Split = std::function<void(std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces)>;

struct PreTokenizer {
  std::vector<Split> splits;                        // one after another
  std::function<AlignedText(AlignedText)> respell;  // then each piece by itself is spelt anew; null: it is not
  std::vector<Split> respelt_splits;                // and what came of it is split further
};

}  // namespace ocellus::models
