#include "plugins/models/common/tokenizer/graphemes.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "plugins/models/common/tokenizer/unicode_additions.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

// `c`, or for what utf8proc may not know yet an old character that takes part in clusters in the same way.
utf8proc_int32_t known(char32_t c) {
  const bool extends = std::any_of(added_extending.begin(), added_extending.end(),
                                   [c](const CodePointRange& range) { return c >= range.first && c <= range.last; });
  if (extends) return 0x301;
  return static_cast<utf8proc_int32_t>(c == added_prepended ? 0x600 : c);
}

}  // namespace

// utf8proc joins Indic conjuncts (rule GB9c) from version 2.9 on, the library always. Each half of a conjunct is longer
// than what a Precompiled normalizer looks up as a whole, so it takes a mark of another script on a conjunct's second
// consonant for the two to differ.

void for_each_grapheme(std::string_view text, const std::function<void(std::string_view)>& visit) {
  std::size_t begin = 0;
  utf8proc_int32_t previous = 0, state = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Unit unit = read_utf8(text, i);
    const utf8proc_int32_t current = known(unit.code_point);
    if (i > 0 && utf8proc_grapheme_break_stateful(previous, current, &state)) {
      visit(text.substr(begin, i - begin));
      begin = i;
    }
    previous = current;
    i += unit.length;
  }
  if (begin < text.size()) visit(text.substr(begin));
}

}  // namespace ocellus::models
