#include "plugins/models/common/generation/stop_strings.hpp"

#include <algorithm>

namespace ocellus::models {

bool StopStrings::end_with(std::string_view bytes) {
  if (texts_.empty()) return false;
  const size_t before = answer_.size();
  answer_ += bytes;
  return std::any_of(texts_.begin(), texts_.end(), [&](const std::string& text) {
    // The first place at which the text would not be complete before these bytes.
    const size_t first = before + 1 > text.size() ? before + 1 - text.size() : 0;
    return answer_.find(text, first) != std::string::npos;
  });
}

}  // namespace ocellus::models
