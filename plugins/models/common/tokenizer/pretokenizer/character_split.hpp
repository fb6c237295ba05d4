// Cutting text at single characters.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

// Splits (pre_tokenizer.hpp): the runs of what is not white space; and each punctuation character by itself with the
// runs between them, as BERT understands punctuation.
void split_at_space(std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces);
void isolate_punctuation(std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces);

}  // namespace ocellus::models
