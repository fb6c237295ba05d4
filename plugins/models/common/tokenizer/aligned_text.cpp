#include "plugins/models/common/tokenizer/aligned_text.hpp"

#include <utility>

#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {

AlignedText::AlignedText(std::string_view original, std::size_t offset) : text_(original), offset_(offset) {}

AlignedText::AlignedText(std::string text, std::vector<ByteRange> origins)
    : text_(std::move(text)), origins_(std::move(origins)) {}

ByteRange AlignedText::origin(std::size_t begin, std::size_t end) const {
  if (!origins_.empty()) return {origins_[begin].begin, origins_[end - 1].end};
  while (is_utf8_continuation(text_[begin])) --begin;
  while (end < text_.size() && is_utf8_continuation(text_[end])) ++end;
  return {offset_ + begin, offset_ + end};
}

}  // namespace ocellus::models
