#include "plugins/renderers/mp4/answer_boxes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ocellus::mp4 {
namespace {

constexpr double kUnits = 1000.0;

class Reader {
 public:
  Reader(std::string_view text, size_t at) : text_(text), at_(at) {}

  size_t at() const { return at_; }

  bool take(char wanted) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  std::optional<double> number() {
    skip_blanks();
    unsigned value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value > kUnits) return std::nullopt;
    at_ += static_cast<size_t>(end - begin);
    return value / kUnits;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  std::string_view text_;
  size_t at_;
};

struct Corner {
  double x, y;
};

std::optional<Corner> corner(Reader& reader) {
  if (!reader.take('(')) return std::nullopt;
  const std::optional<double> x = reader.number();
  if (!x || !reader.take(',')) return std::nullopt;
  const std::optional<double> y = reader.number();
  if (!y || !reader.take(')')) return std::nullopt;
  return Corner{*x, *y};
}

}  // namespace

std::vector<AnswerBox> boxes_in(std::string_view text) {
  std::vector<AnswerBox> boxes;
  for (size_t at = text.find('('); at != std::string_view::npos; at = text.find('(', at)) {
    Reader reader(text, at++);
    const std::optional<Corner> a = corner(reader);
    if (!a || !reader.take(',')) continue;
    const std::optional<Corner> b = corner(reader);
    if (!b) continue;
    const drawing::Extent box{std::min(a->x, b->x), std::min(a->y, b->y), std::max(a->x, b->x), std::max(a->y, b->y)};
    if (box.x0 == box.x1 || box.y0 == box.y1) continue;
    at = reader.at();
    boxes.push_back({box, at});
  }
  return boxes;
}

}  // namespace ocellus::mp4
