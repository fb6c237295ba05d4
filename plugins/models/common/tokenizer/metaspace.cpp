#include "plugins/models/common/tokenizer/metaspace.hpp"

#include <utility>

#include "plugins/models/common/tokenizer/normalizer.hpp"

namespace ocellus::models {

AlignedText Metaspace::spell(AlignedText section) const {
  const bool is_first = section.origin(0, 1).begin == 0;
  AlignedText spelt = models::replace(std::move(section), " ", replacement);
  const bool wanted = prepend == Prepend::always || (prepend == Prepend::first && is_first);
  if (!wanted || spelt.text().starts_with(replacement)) return spelt;
  return models::prepend(std::move(spelt), replacement);
}

std::vector<ByteRange> Metaspace::words(std::string_view spelt) const {
  if (!split) return {{0, spelt.size()}};
  std::vector<ByteRange> words;
  std::size_t begin = 0;
  while (begin < spelt.size()) {
    const std::size_t next = spelt.find(replacement, begin + 1);
    const std::size_t end = next == spelt.npos ? spelt.size() : next;
    words.push_back({begin, end});
    begin = end;
  }
  return words;
}

}  // namespace ocellus::models
