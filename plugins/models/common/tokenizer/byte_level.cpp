#include "plugins/models/common/tokenizer/byte_level.hpp"

#include <array>

#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models::byte_level {
namespace {

constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

constexpr std::array<char32_t, 256> characters = [] {
  std::array<char32_t, 256> table{};
  char32_t next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte) table[byte] = stands_for_itself(byte) ? byte : next++;
  return table;
}();

constexpr char32_t last_character = 0x143;

constexpr std::array<int, last_character + 1> bytes_of_characters = [] {
  std::array<int, last_character + 1> table{};
  for (int& byte : table) byte = -1;
  for (int byte = 0; byte < 256; ++byte) table[characters[static_cast<unsigned>(byte)]] = byte;
  return table;
}();

}  // namespace

char32_t character(std::uint8_t byte) {
  return characters[byte];
}

std::string spell(std::string_view bytes) {
  std::string spelling;
  for (const char byte : bytes) append_utf8(spelling, characters[static_cast<unsigned char>(byte)]);
  return spelling;
}

std::optional<std::string> unspell(std::string_view spelling) {
  std::string bytes;
  for (std::size_t i = 0; i < spelling.size();) {
    const Utf8Unit unit = read_utf8(spelling, i);
    if (!unit.valid || unit.code_point > last_character || bytes_of_characters[unit.code_point] < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(bytes_of_characters[unit.code_point]);
    i += unit.length;
  }
  return bytes;
}

}  // namespace ocellus::models::byte_level
