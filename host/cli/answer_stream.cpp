#include "host/cli/answer_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/cli/one_line.hpp"

namespace ocellus::cli {
namespace {

// Bytes of the character that begins with `first`; 1 for what begins none.
size_t length_of(unsigned char first) {
  return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

// How much of `text` ends with whole characters.
size_t whole_characters(std::string_view text) {
  constexpr size_t longest = 4;
  for (size_t back = 1; back <= std::min(longest, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    const bool continues = (byte & 0xC0) == 0x80;
    if (!continues) return length_of(byte) > back ? text.size() - back : text.size();
  }
  return text.size();
}

}  // namespace

void AnswerStream::write(std::string_view bytes) {
  pending_ += bytes;
  const std::string ready = pending_.substr(0, whole_characters(pending_));
  pending_.erase(0, ready.size());
  if (ready.empty()) return;
  for (size_t begin = 0; begin <= ready.size();) {
    const size_t end = std::min(ready.find('\n', begin), ready.size());
    fmt::print(out_, "{}{}", begin > 0 ? "\n" : "", one_line(ready.substr(begin, end - begin)));
    begin = end + 1;
  }
  std::fflush(out_);
  at_line_start_ = ready.back() == '\n';
}

void AnswerStream::end() {
  pending_.clear();
  if (at_line_start_) return;
  std::fputc('\n', out_);
  std::fflush(out_);
  at_line_start_ = true;
}

}  // namespace ocellus::cli
