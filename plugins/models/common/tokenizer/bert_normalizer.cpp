#include "plugins/models/common/tokenizer/bert_normalizer.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "plugins/models/common/tokenizer/characters.hpp"
#include "plugins/models/common/tokenizer/normalizer.hpp"
#include "plugins/models/common/tokenizer/rewrite.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

void for_each_character(std::string_view text, const std::function<void(char32_t)>& visit) {
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Unit unit = read_utf8(text, i);
    visit(unit.code_point);
    i += unit.length;
  }
}

// Each character becomes what `map` makes of it, or goes.
AlignedText filter(const AlignedText& source, const std::function<std::optional<char32_t>(char32_t)>& map) {
  std::vector<Edit> edits;
  std::size_t dropped = 0;
  for_each_character(source.text(), [&](char32_t c) {
    if (const auto kept = map(c)) {
      edits.push_back({*kept, 0});
    } else if (edits.empty()) {
      ++dropped;
    } else {
      --edits.back().change;
    }
  });
  return rewrite(source, edits, dropped);
}

// The blocks of ideographs that BERT names, without those added to Unicode later.
bool is_ideograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

AlignedText clean(const AlignedText& source) {
  return filter(source, [](char32_t c) -> std::optional<char32_t> {
    if (c == '\t' || c == '\n' || c == '\r') return U' ';
    if (c == 0 || c == 0xFFFD || is_control(c)) return std::nullopt;
    return is_space(c) ? U' ' : c;
  });
}

AlignedText set_apart_ideographs(const AlignedText& source) {
  std::vector<Edit> edits;
  for_each_character(source.text(), [&](char32_t c) {
    if (is_ideograph(c)) {
      edits.insert(edits.end(), {{U' ', 0}, {c, 1}, {U' ', 1}});
    } else {
      edits.push_back({c, 0});
    }
  });
  return rewrite(source, edits);
}

AlignedText without_accents(AlignedText source) {
  return filter(normalize_nfd(std::move(source)),
                [](char32_t c) { return is_nonspacing_mark(c) ? std::nullopt : std::optional(c); });
}

AlignedText lowercased(const AlignedText& source) {
  std::vector<Edit> edits;
  for_each_character(source.text(), [&](char32_t c) {
    if (c == 0x130) {  // the only character whose lower case is two
      edits.insert(edits.end(), {{U'i', 0}, {0x307, 1}});
    } else {
      edits.push_back({to_lower(c), 0});
    }
  });
  return rewrite(source, edits);
}

}  // namespace

AlignedText BertNormalizer::normalize(AlignedText text) const {
  if (clean_text) text = clean(text);
  if (handle_chinese_chars) text = set_apart_ideographs(text);
  if (strip_accents) text = without_accents(std::move(text));
  if (lowercase) text = lowercased(text);
  return text;
}

}  // namespace ocellus::models
