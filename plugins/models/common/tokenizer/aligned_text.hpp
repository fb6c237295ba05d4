// Text that knows which part of the caller's text each of its bytes came from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

// Bytes [begin, end).
struct ByteRange {
  std::size_t begin, end;
};

class AlignedText {
 public:
  // A copy of the caller's text that starts there at `offset`; must be UTF-8 and begin and end with a character.
  AlignedText(std::string_view original, std::size_t offset);

  // Changed text; `origins` has one range of the caller's text for each byte of `text`.
  AlignedText(std::string text, std::vector<ByteRange> origins);

  std::string_view text() const { return text_; }

  // The caller's bytes that [begin, end) came from, widened to whole characters. Requires begin < end <= size.
  ByteRange origin(std::size_t begin, std::size_t end) const;

  // The text of [begin, end) by itself. Requires begin < end <= size, both borders of characters.
  AlignedText section(std::size_t begin, std::size_t end) const;

 private:
  std::string text_;
  std::vector<ByteRange> origins_;  // empty = unchanged text, or no text
  std::size_t offset_ = 0;          // of unchanged text
};

}  // namespace ocellus::models
