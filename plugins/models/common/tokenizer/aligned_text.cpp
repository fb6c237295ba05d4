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

AlignedText AlignedText::section(std::size_t begin, std::size_t end) const {
  const std::string_view part = text().substr(begin, end - begin);
  if (origins_.empty()) return AlignedText(part, offset_ + begin);
  const auto first = origins_.begin();
  return AlignedText(std::string(part),
                     std::vector(first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end)));
}

}  // namespace ocellus::models
