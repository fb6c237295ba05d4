#include "plugins/models/common/tokenizer/pretokenizer/pattern_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ocellus/sdk/error.hpp>
#include <span>

#include "plugins/models/common/tokenizer/unicode_additions.hpp"

namespace ocellus::models {
namespace {

constexpr std::string_view space =
    R"(\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000})";
constexpr std::string_view not_space =
    R"(\x{0}-\x{8}\x{E}-\x{1F}\x{21}-\x{84}\x{86}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027})"
    R"(\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{10FFFF})";

constexpr std::array<std::string_view, 37> categories = {
    "L",  "Lu", "Ll", "Lt", "Lm", "Lo", "M",  "Mn", "Mc", "Me", "N",  "Nd", "Nl", "No", "P",  "Pc", "Pd", "Ps", "Pe",
    "Pi", "Pf", "Po", "S",  "Sm", "Sc", "Sk", "So", "Z",  "Zs", "Zl", "Zp", "C",  "Cc", "Cf", "Co", "Cs", "Cn"};

// \p{L} or \p{N}, and what PCRE2 does not know of it yet, as members of a class.
std::string category_members(std::string_view name, std::span<const CodePointRange> additions) {
  std::string members = fmt::format("\\p{{{}}}", name);
  for (const CodePointRange& range : additions) {
    members += fmt::format("\\x{{{:X}}}-\\x{{{:X}}}", std::uint32_t{range.first}, std::uint32_t{range.last});
  }
  return members;
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  std::string translate() {
    while (at_ < pattern_.size()) {
      if (in_class_) {
        translate_in_class();
      } else {
        translate_outside();
      }
    }
    return std::move(translated_);
  }

 private:
  bool next_is(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }

  void keep(std::size_t count) {
    translated_ += pattern_.substr(at_, count);
    at_ += count;
  }

  [[noreturn]] void refuse(std::size_t count) const {
    throw Error(OC_E_MODEL, fmt::format("the regular expression '{}' uses '{}' at byte {}, which is not supported",
                                        pattern_, pattern_.substr(at_, count), at_));
  }

  void translate_outside() {
    switch (pattern_[at_]) {
      case '\\':
        escape();
        break;
      case '[':
        open_class();
        break;
      case '(':
        open_group();
        break;
      case '^':
      case '$':
      case '.':
        refuse(1);  // lines and dots mean different things in the two
      case '{':
        counted_quantifier();
        break;
      default:
        keep(1);
    }
  }

  void translate_in_class() {
    if (pattern_[at_] == '\\') {
      escape();
    } else if (pattern_[at_] == ']') {
      in_class_ = false;
      keep(1);
    } else if (pattern_[at_] == '[') {
      refuse(1);  // nested and POSIX classes
    } else if (next_is("&&")) {
      refuse(2);
    } else {
      keep(1);
    }
  }

  void open_class() {
    in_class_ = true;
    keep(next_is("[^") ? 2 : 1);
    if (next_is("]")) refuse(1);
  }

  void open_group() {
    for (const std::string_view opening : {"(?:", "(?i:", "(?=", "(?!"}) {
      if (next_is(opening)) return keep(opening.size());
    }
    if (next_is("(?")) refuse(3);
    if (next_is("(*")) refuse(2);  // a verb of PCRE2
    keep(1);
  }

  // {n}, {n,} or {n,m}; a '+' after it would repeat it in one of the two and make it possessive in the other.
  void counted_quantifier() {
    const std::size_t close = pattern_.find('}', at_);
    const std::string_view whole = pattern_.substr(at_, close == pattern_.npos ? 1 : close - at_ + 1);
    const std::string_view inner = whole.substr(1, whole.size() > 2 ? whole.size() - 2 : 0);
    const bool counts = !inner.empty() && inner[0] != ',' && inner.find_first_not_of("0123456789,") == inner.npos &&
                        std::count(inner.begin(), inner.end(), ',') <= 1;
    if (!counts || pattern_.substr(at_ + whole.size()).starts_with('+')) refuse(whole.size());
    keep(whole.size());
  }

  void escape() {
    const char kind = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
    if (kind == 's' || kind == 'S') {
      const std::string_view members = kind == 's' ? space : not_space;
      translated_ += in_class_ ? std::string(members) : fmt::format("[{}]", members);
      at_ += 2;
    } else if (kind == 'p' || kind == 'P') {
      category();
    } else if (std::string_view("rntd\\|.*+?()[]{}^$-/\"#&~!,:;=@%_ ").find(kind) != std::string_view::npos) {
      keep(2);
    } else {
      refuse(2);
    }
  }

  void category() {
    const std::size_t close = pattern_.find('}', at_);
    if (close == pattern_.npos || pattern_[at_ + 2] != '{') refuse(2);
    const std::string_view name = pattern_.substr(at_ + 3, close - at_ - 3);
    const std::size_t length = close - at_ + 1;
    if (name != "L" && name != "N") {
      if (std::find(categories.begin(), categories.end(), name) == categories.end()) refuse(length);
      return keep(length);
    }
    const bool negated = pattern_[at_ + 1] == 'P';
    if (negated && in_class_) refuse(length);  // a complement cannot be listed together with other members
    const std::string members =
        name == "L" ? category_members(name, added_letters) : category_members(name, added_numbers);
    translated_ += in_class_ ? members : fmt::format("[{}{}]", negated ? "^" : "", members);
    at_ += length;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool in_class_ = false;
  std::string translated_;
};

}  // namespace

std::string to_pcre2(std::string_view pattern) {
  return Translator(pattern).translate();
}

}  // namespace ocellus::models
