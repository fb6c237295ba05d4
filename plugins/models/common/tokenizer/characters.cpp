#include "plugins/models/common/tokenizer/characters.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "plugins/models/common/tokenizer/bert_characters.hpp"
#include "plugins/models/common/tokenizer/unicode_additions.hpp"

namespace ocellus::models {
namespace {

// `ranges` are in order.
bool contains(std::span<const CodePointRange> ranges, char32_t c) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                      [](char32_t value, const CodePointRange& range) { return value < range.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

}  // namespace

bool is_space(char32_t c) {
  return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Alphabetic beyond letters, letter numbers and marks is only the circled and squared Latin letters.
bool is_word(char32_t c) {
  if (c == 0x200C || c == 0x200D || (c >= 0x24B6 && c <= 0x24E9)) return true;
  if ((c >= 0x1F130 && c <= 0x1F149) || (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189)) return true;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return contains(added_letters, c);
  }
}

bool is_control(char32_t c) {
  return contains(bert_control, c);
}

bool is_punctuation(char32_t c) {
  return contains(bert_punctuation, c);
}

bool is_nonspacing_mark(char32_t c) {
  return contains(bert_nonspacing_marks, c);
}

char32_t to_lower(char32_t c) {
  for (const AddedCapitals& capitals : added_capitals) {
    if (c >= capitals.first && c <= capitals.last && (c - capitals.first) % capitals.step == 0)
      return c - capitals.first + capitals.lower;
  }
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

}  // namespace ocellus::models
