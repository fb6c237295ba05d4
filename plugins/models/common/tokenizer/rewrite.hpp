// Changing text character by character, its origins following.
#pragma once

#include <cstddef>
#include <span>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

// One character of the new text. `change` counts as the library does: 0 = it replaces the next character of the
// source, 1 = it is inserted and stands where the one before it stands, -n = it replaces the next one and swallows the
// n that follow.
struct Edit {
  char32_t code_point;
  int change;
};

// The text that `edits` spell, after the first `dropped` characters of `source` were left out. The edits must not
// replace more characters than `source` has; what they leave over at its end is gone.
AlignedText rewrite(const AlignedText& source, std::span<const Edit> edits, std::size_t dropped = 0);

}  // namespace ocellus::models
