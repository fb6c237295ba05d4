#include "plugins/models/common/tokenizer/metaspace.hpp"

#include <algorithm>
#include <utility>

#include "plugins/models/common/tokenizer/normalizer.hpp"

namespace ocellus::models {

AlignedText Metaspace::spell(AlignedText piece) const {
  const bool is_first = piece.origin(0, 1).begin == 0;
  AlignedText spelt = models::replace(std::move(piece), " ", replacement);
  const bool wanted = prepend == Prepend::always || (prepend == Prepend::first && is_first);
  if (!wanted || spelt.text().starts_with(replacement)) return spelt;
  return models::prepend(std::move(spelt), replacement);
}

void Metaspace::split(std::string_view spelt, std::size_t offset, std::vector<ByteRange>& words) const {
  std::size_t begin = 0;
  while (begin < spelt.size()) {
    const std::size_t end = std::min(spelt.find(replacement, begin + 1), spelt.size());
    words.push_back({offset + begin, offset + end});
    begin = end;
  }
}

}  // namespace ocellus::models
