#include "plugins/renderers/export/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace ocellus::exporting {
namespace {

std::string header(const std::string& type, const std::vector<int64_t>& shape) {
  std::string axes;
  for (const int64_t length : shape) axes += fmt::format("{},", length);
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, axes);
  constexpr size_t before = 10;  // magic, version, length
  text.append(63 - (before + text.size()) % 64, ' ');
  text += '\n';
  std::string whole("\x93NUMPY\x01\x00", 8);
  whole += static_cast<char>(text.size() & 0xFF);
  whole += static_cast<char>(text.size() >> 8);
  return whole + text;
}

template <class T>
std::string array(const char* type, std::span<const T> values, const std::vector<int64_t>& shape) {
  std::string whole = header(type, shape);
  const auto bytes = std::as_bytes(values);
  return whole.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// The code points of a text.
std::u32string code_points(const std::string& text) {
  std::u32string points;
  for (size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    char32_t point = length == 1 ? first : first & (0x7Fu >> length);
    bool whole = length > 0 && at + length <= text.size();
    for (size_t i = 1; whole && i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      whole = next >> 6 == 2;
      point = point << 6 | (next & 0x3Fu);
    }
    points += whole ? point : U'\uFFFD';
    at += whole ? length : 1;
  }
  return points;
}

}  // namespace

std::string npy(std::span<const float> values, const std::vector<int64_t>& shape) {
  return array("<f4", values, shape);
}
std::string npy(std::span<const int64_t> values, const std::vector<int64_t>& shape) {
  return array("<i8", values, shape);
}

std::string npy(const std::vector<std::string>& texts) {
  std::vector<std::u32string> all;
  size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, all.emplace_back(code_points(text)).size());
  std::u32string padded;
  for (std::u32string& text : all) padded += text.append(longest - text.size(), U'\0');
  const std::string type = fmt::format("<U{}", longest);
  return array(type.c_str(), std::span<const char32_t>(padded), {static_cast<int64_t>(texts.size())});
}

}  // namespace ocellus::exporting
