#include "plugins/models/common/tokenizer/normalizer.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugins/models/common/tokenizer/characters.hpp"
#include "plugins/models/common/tokenizer/rewrite.hpp"
#include "plugins/models/common/tokenizer/unicode_additions.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

// One code point on its way through decomposition and composition. `change` is that of the Edit it becomes: the library
// keeps the same count, and with it decides which source characters a token covers.
struct Mark {
  char32_t code_point;
  int combining_class;
  int change;
};

// Compositions that came with Unicode 13 and 16; the library's tables are older and neither take them apart nor put
// them together.
bool is_newer_composition(char32_t c) {
  constexpr auto newer = std::to_array<CodePointRange>({{0x105C9, 0x105C9},
                                                        {0x105E4, 0x105E4},
                                                        {0x11383, 0x11385},
                                                        {0x1138E, 0x1138E},
                                                        {0x11391, 0x11391},
                                                        {0x113C5, 0x113C8},
                                                        {0x11938, 0x11938},
                                                        {0x16121, 0x16128},
                                                        {0x16D68, 0x16D6A}});
  return c >= newer.front().first && std::any_of(newer.begin(), newer.end(), [c](const CodePointRange& range) {
           return c >= range.first && c <= range.last;
         });
}

int combining_class(char32_t code_point) {
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->combining_class;
}

// Canonical decomposition with marks in canonical order.
std::vector<Mark> decompose(std::string_view text) {
  std::vector<Mark> marks;
  marks.reserve(text.size());
  std::size_t unsorted = 0;  // first mark after the last starter
  const auto sort_marks = [&] {
    std::stable_sort(marks.begin() + static_cast<std::ptrdiff_t>(unsorted), marks.end(),
                     [](const Mark& a, const Mark& b) { return a.combining_class < b.combining_class; });
  };
  const auto push = [&](char32_t code_point, int change) {
    const int order = code_point < 0x300 ? 0 : combining_class(code_point);
    if (order == 0) sort_marks();
    marks.push_back({code_point, order, change});
    if (order == 0) unsorted = marks.size();
  };
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Unit unit = read_utf8(text, i);
    i += unit.length;
    if (unit.code_point < 0x80 || is_newer_composition(unit.code_point)) {
      push(unit.code_point, 0);
      continue;
    }
    std::array<utf8proc_int32_t, 32> parts;  // no character decomposes into more than 4
    int boundary = UTF8PROC_BOUNDCLASS_START;
    const utf8proc_ssize_t count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(unit.code_point), parts.data(),
                                                           parts.size(), UTF8PROC_DECOMPOSE, &boundary);
    for (utf8proc_ssize_t part = 0; part < count; ++part) {
      push(static_cast<char32_t>(parts[static_cast<std::size_t>(part)]), part > 0 ? 1 : 0);
    }
  }
  sort_marks();
  return marks;
}

std::optional<char32_t> compose_pair(char32_t first, char32_t second) {
  if (second < 0x300) return std::nullopt;  // no composition ends in a lower code point
  utf8proc_int32_t pair[2] = {static_cast<utf8proc_int32_t>(first), static_cast<utf8proc_int32_t>(second)};
  const utf8proc_option_t options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  if (utf8proc_normalize_utf32(pair, 2, options) != 1 || is_newer_composition(static_cast<char32_t>(pair[0])))
    return std::nullopt;
  return static_cast<char32_t>(pair[0]);
}

// Canonical composition (Unicode 15, section 3.11, definition D117).
std::vector<Mark> compose(const std::vector<Mark>& marks) {
  std::vector<Mark> composed;
  composed.reserve(marks.size());
  std::optional<Mark> starter;
  std::vector<Mark> kept;  // marks after the starter that did not compose with it
  const auto flush = [&] {
    if (starter) composed.push_back(*starter);
    composed.insert(composed.end(), kept.begin(), kept.end());
    starter.reset();
    kept.clear();
  };
  for (const Mark& mark : marks) {
    if (!starter) {
      composed.push_back(mark);
      if (mark.combining_class == 0) {
        starter = mark;
        composed.pop_back();
      }
      continue;
    }
    const bool blocked = !kept.empty() && kept.back().combining_class >= mark.combining_class;
    const auto joined = blocked ? std::nullopt : compose_pair(starter->code_point, mark.code_point);
    if (joined) {
      starter = Mark{*joined, 0, starter->change + mark.change - 1};
    } else if (mark.combining_class == 0) {
      flush();
      starter = mark;
    } else {
      kept.push_back(mark);
    }
  }
  flush();
  return composed;
}

std::vector<Edit> edits_of(const std::vector<Mark>& marks) {
  std::vector<Edit> edits;
  edits.reserve(marks.size());
  for (const Mark& mark : marks) edits.push_back({mark.code_point, mark.change});
  return edits;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

AlignedText normalize_nfc(AlignedText source) {
  const std::string_view text = source.text();
  if (is_ascii(text)) return source;
  AlignedText normalized = rewrite(source, edits_of(compose(decompose(text))));
  return normalized.text() == text ? source : normalized;
}

AlignedText normalize_nfd(AlignedText source) {
  const std::string_view text = source.text();
  if (is_ascii(text)) return source;
  return rewrite(source, edits_of(decompose(text)));
}

AlignedText prepend(AlignedText source, std::string_view prefix) {
  const std::string_view text = source.text();
  if (text.empty()) return source;
  std::vector<ByteRange> origins(prefix.size(), source.origin(0, read_utf8(text, 0).length));
  for (std::size_t i = 0; i < text.size(); ++i) origins.push_back(source.origin(i, i + 1));
  return AlignedText(std::string(prefix).append(text), std::move(origins));
}

AlignedText replace(AlignedText source, std::string_view pattern, std::string_view content) {
  const std::string_view text = source.text();
  std::string replaced;
  std::vector<ByteRange> origins;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with(pattern)) {
      i += pattern.size();
      replaced += content;
      origins.insert(origins.end(), content.size(), source.origin(i - 1, i));
    } else {
      replaced += text[i];
      origins.push_back(source.origin(i, i + 1));
      ++i;
    }
  }
  return replaced == text ? std::move(source) : AlignedText(std::move(replaced), std::move(origins));
}

AlignedText replace_runs(AlignedText source, char character, std::size_t least, std::string_view content) {
  const std::string_view text = source.text();
  std::string replaced;
  std::vector<ByteRange> origins;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(character, i), text.size());
    if (end >= i + least) {
      replaced += content;
      origins.resize(replaced.size(), source.origin(end - 1, end));
      i = end;
    } else {
      replaced += text[i];
      origins.push_back(source.origin(i, i + 1));
      ++i;
    }
  }
  return replaced == text ? std::move(source) : AlignedText(std::move(replaced), std::move(origins));
}

AlignedText strip(AlignedText source, bool left, bool right) {
  const std::string_view text = source.text();
  std::size_t begin = 0, end = text.size();
  while (left && begin < end) {
    const Utf8Unit unit = read_utf8(text, begin);
    if (!is_space(unit.code_point)) break;
    begin += unit.length;
  }
  while (right && begin < end) {
    const std::size_t last = previous_character(text, end);
    if (!is_space(read_utf8(text, last).code_point)) break;
    end = last;
  }
  return begin < end ? source.section(begin, end) : AlignedText(std::string_view(), 0);
}

}  // namespace ocellus::models
