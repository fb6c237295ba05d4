#include "plugins/models/common/tokenizer/offset_trim.hpp"

#include <algorithm>
#include <cstddef>

#include "plugins/models/common/tokenizer/characters.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

constexpr char32_t spelt_space = 0x120;  // "Ġ", the space of the byte-level alphabet

bool is_spelt_space(char32_t c) {
  return c == spelt_space || is_space(c);
}

std::size_t leading_spaces(std::string_view spelling) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < spelling.size(); ++count) {
    const Utf8Unit unit = read_utf8(spelling, i);
    if (!is_spelt_space(unit.code_point)) break;
    i += unit.length;
  }
  return count;
}

std::size_t trailing_spaces(std::string_view spelling) {
  std::size_t count = 0;
  for (std::size_t end = spelling.size(); end > 0; ++count) {
    end = previous_character(spelling, end);
    if (!is_spelt_space(read_utf8(spelling, end).code_point)) break;
  }
  return count;
}

}  // namespace

void OffsetTrim::apply(std::string_view text, std::string_view spelling, bool is_first, Token& token) const {
  std::size_t leading = leading_spaces(spelling), trailing = trailing_spaces(spelling);
  if ((is_first || token.begin == 0) && add_prefix_space && leading == 1) leading = 0;
  for (; leading > 0 && token.begin < token.end; --leading) token.begin += read_utf8(text, token.begin).length;
  std::size_t end = token.end;
  for (; trailing > 0 && end > 0; --trailing) end = previous_character(text, end);
  if (trailing == 0) token.end = std::max(end, token.begin);
}

}  // namespace ocellus::models
