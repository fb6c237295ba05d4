#include "host/cli/one_line.hpp"

#include "host/store/json_text.hpp"

namespace ocellus::cli {

std::string one_line(const std::string& said) {
  std::string text = store::text_from_json(said);
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) text[i] = ' ';
    // U+0080 to U+009F
    const bool is_second = i > 0 && text[i - 1] == '\xC2' && byte < 0xA0;
    if (is_second) text[i - 1] = text[i] = ' ';
  }
  return text;
}

}  // namespace ocellus::cli
