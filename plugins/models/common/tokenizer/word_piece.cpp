#include "plugins/models/common/tokenizer/word_piece.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {

WordPiece::WordPiece(Vocabulary vocabulary, std::uint32_t unknown, std::string continuing_prefix,
                     std::uint64_t max_characters)
    : vocabulary_(std::move(vocabulary)),
      unknown_(unknown),
      continuing_prefix_(std::move(continuing_prefix)),
      max_characters_(max_characters),
      longest_(vocabulary_.longest_token()) {}

bool WordPiece::is_too_long(std::string_view word) const {
  std::uint64_t characters = 0;
  for (const char byte : word) characters += is_utf8_continuation(byte) ? 0 : 1;
  return characters > max_characters_;
}

void WordPiece::encode(std::string_view word, std::vector<Symbol>& tokens) const {
  if (is_too_long(word)) {
    tokens.push_back({unknown_, 0, word.size()});
    return;
  }
  const std::size_t first = tokens.size();
  std::string entry;
  for (std::size_t begin = 0; begin < word.size();) {
    std::size_t end = std::min(word.size(), begin + longest_);
    while (end < word.size() && is_utf8_continuation(word[end])) --end;
    std::optional<std::uint32_t> id;
    while (end > begin) {
      entry.assign(begin > 0 ? continuing_prefix_ : "").append(word.substr(begin, end - begin));
      if ((id = vocabulary_.id(entry))) break;
      end = previous_character(word, end);
    }
    if (!id) {
      tokens.resize(first);
      tokens.push_back({unknown_, 0, word.size()});
      return;
    }
    tokens.push_back({*id, begin, end});
    begin = end;
  }
}

}  // namespace ocellus::models
