#include "plugins/models/common/tokenizer/rewrite.hpp"

#include <string>
#include <utility>
#include <vector>

#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {

AlignedText rewrite(const AlignedText& source, std::span<const Edit> edits, std::size_t dropped) {
  const std::string_view text = source.text();
  std::size_t position = 0;  // of the first source character that nothing has replaced yet
  const auto skip_character = [&] {
    if (position < text.size()) position += read_utf8(text, position).length;
  };
  for (std::size_t i = 0; i < dropped; ++i) skip_character();

  std::string rewritten;
  rewritten.reserve(text.size());
  std::vector<ByteRange> origins;
  origins.reserve(text.size());
  for (const Edit& edit : edits) {
    ByteRange origin{};
    if (edit.change > 0) {
      origin = position > 0 ? source.origin(position - 1, position) : source.origin(0, 1);
    } else {
      origin = source.origin(position, position + 1);
      for (int taken = 0; taken <= -edit.change; ++taken) skip_character();
    }
    append_utf8(rewritten, edit.code_point);
    origins.resize(rewritten.size(), origin);
  }
  return AlignedText(std::move(rewritten), std::move(origins));
}

}  // namespace ocellus::models
