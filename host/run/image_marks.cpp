#include "host/run/image_marks.hpp"

#include <fmt/format.h>

#include <string_view>

namespace ocellus::run {
namespace {

constexpr std::string_view mark = "<image>";

size_t count_marks(std::string_view text) {
  size_t n = 0;
  for (size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + mark.size())) ++n;
  return n;
}

// `next` is the picture of the first mark, and afterwards that behind the last. A turn keeps a text, if an empty one.
std::vector<Part> split(std::string_view text, size_t& next) {
  std::vector<Part> parts;
  bool has_text = false;
  const auto add_text = [&](std::string_view piece) {
    parts.push_back({false, 0, std::string(piece)});
    has_text = true;
  };
  for (size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    std::string_view before = text.substr(0, at);
    if (before.ends_with('\n')) before.remove_suffix(1);
    if (!before.empty()) add_text(before);
    parts.push_back({true, next++, ""});
    text.remove_prefix(at + mark.size());
    if (text.starts_with('\n')) text.remove_prefix(1);
  }
  if (!text.empty() || !has_text) add_text(text);
  return parts;
}

std::string counted(size_t n, const char* thing) {
  return fmt::format("{} {}{}", n, thing, n == 1 ? "" : "s");
}

}  // namespace

void place_pictures(Sample& sample) {
  size_t n_marks = 0;
  for (const Turn& turn : sample.turns) {
    for (const Part& part : turn.parts) n_marks += turn.role == Role::user ? count_marks(part.text) : 0;
  }
  if (n_marks == 0 && sample.turns.size() == 1 && sample.turns.front().role == Role::user) {
    std::vector<Part> parts;
    for (size_t image = 0; image < sample.images.size(); ++image) parts.push_back({true, image, ""});
    std::vector<Part>& of_turn = sample.turns.front().parts;
    of_turn.insert(of_turn.begin(), parts.begin(), parts.end());
    return;
  }
  if (n_marks != sample.images.size()) {
    sample.fault = fmt::format("its text has {}, but the entry names {}: each picture needs one mark, where it stands",
                               counted(n_marks, "<image> mark"), counted(sample.images.size(), "picture"));
    return;
  }
  size_t next = 0;
  for (Turn& turn : sample.turns) {
    if (turn.role != Role::user) continue;
    std::vector<Part> parts;
    for (const Part& part : turn.parts) {
      const std::vector<Part> pieces = split(part.text, next);
      parts.insert(parts.end(), pieces.begin(), pieces.end());
    }
    turn.parts = std::move(parts);
  }
}

}  // namespace ocellus::run
