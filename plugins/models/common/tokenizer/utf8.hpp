// UTF-8 as the Unicode standard's table 3-7 defines it: no surrogates, no overlong forms.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ocellus::models {

struct Utf8Unit {
  char32_t code_point;  // meaningless unless valid
  std::size_t length;   // bytes of the character, or of the maximal invalid subpart; at least 1
  bool valid;
};

// Reads the unit at `position`, which must be inside `text`.
Utf8Unit read_utf8(std::string_view text, std::size_t position);

void append_utf8(std::string& text, char32_t code_point);

// Offset of the first byte that is not UTF-8.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

// Every maximal invalid subpart becomes one U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

inline bool is_utf8_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Start of the character that ends before `end`; requires end > 0.
inline std::size_t previous_character(std::string_view text, std::size_t end) {
  do {
    --end;
  } while (is_utf8_continuation(text[end]));
  return end;
}

}  // namespace ocellus::models
