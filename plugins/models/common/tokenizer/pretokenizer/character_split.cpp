#include "plugins/models/common/tokenizer/pretokenizer/character_split.hpp"

#include "plugins/models/common/tokenizer/characters.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

void split_at(std::string_view text, std::size_t offset, bool (*is_border)(char32_t), bool keep_borders,
              std::vector<ByteRange>& pieces) {
  std::size_t begin = 0;  // of the run that is going on
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Unit unit = read_utf8(text, i);
    const std::size_t next = i + unit.length;
    if (is_border(unit.code_point)) {
      if (begin < i) pieces.push_back({offset + begin, offset + i});
      if (keep_borders) pieces.push_back({offset + i, offset + next});
      begin = next;
    }
    i = next;
  }
  if (begin < text.size()) pieces.push_back({offset + begin, offset + text.size()});
}

}  // namespace

void split_at_space(std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces) {
  split_at(text, offset, is_space, false, pieces);
}

void isolate_punctuation(std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces) {
  split_at(text, offset, is_punctuation, true, pieces);
}

}  // namespace ocellus::models
