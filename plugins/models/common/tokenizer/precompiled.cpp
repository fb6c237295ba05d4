#include "plugins/models/common/tokenizer/precompiled.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>
#include <utility>

#include "plugins/models/common/tokenizer/graphemes.hpp"
#include "plugins/models/common/tokenizer/rewrite.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

constexpr std::size_t longest_cluster = 5;  // bytes, of those replaced as a whole

// A unit of a Darts double array: the character that leads to a node, where the node's children are, and whether the
// node ends a key; the unit at the place of the children (xor character 0) then holds the key's value.
bool ends_key(std::uint32_t unit) {
  return (unit >> 8 & 1) != 0;
}

std::uint32_t value_of(std::uint32_t unit) {
  return unit & 0x7FFFFFFF;
}

// No character for a unit that holds a value.
std::uint32_t label_of(std::uint32_t unit) {
  return unit & 0x800000FF;
}

std::size_t children_of(std::size_t index, std::uint32_t unit) {
  return index ^ (std::size_t{unit >> 10} << ((unit & 0x200) >> 6));
}

std::uint32_t read_u32(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return value;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += is_utf8_continuation(byte) ? 0 : 1;
  return count;
}

// Spells `replacement` for `replaced` characters as the library counts it: what has become more is inserted, what has
// become less is swallowed by the character before, wherever that came from, and by nothing at the beginning.
void substitute(std::size_t replaced, std::string_view replacement, std::vector<Edit>& edits) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < replacement.size(); ++count) {
    const Utf8Unit unit = read_utf8(replacement, i);
    edits.push_back({unit.code_point, count < replaced ? 0 : 1});
    i += unit.length;
  }
  if (count < replaced && !edits.empty()) edits.back().change -= static_cast<int>(replaced - count);
}

}  // namespace

PrecompiledCharsmap::PrecompiledCharsmap(std::string_view charsmap) {
  if (charsmap.size() < 4) throw Error(OC_E_MODEL, "the precompiled_charsmap is cut off before its size");
  const std::size_t size = read_u32(charsmap, 0);
  if (size == 0 || size % 4 != 0 || size > charsmap.size() - 4) {
    throw Error(OC_E_MODEL, fmt::format("the precompiled_charsmap announces a trie of {} bytes and holds {}", size,
                                        charsmap.size() - 4));
  }
  trie_.reserve(size / 4);
  for (std::size_t i = 0; i < size; i += 4) trie_.push_back(read_u32(charsmap, 4 + i));
  replacements_ = charsmap.substr(4 + size);
  if (const auto invalid = first_invalid_utf8(replacements_)) {
    throw Error(OC_E_MODEL,
                fmt::format("the replacements of the precompiled_charsmap are not UTF-8 at byte {}", *invalid));
  }
  check_trie();
}

// Depth first. Nodes with equal children may share them, so a place may be reached often; but not from below itself.
void PrecompiledCharsmap::check_trie() const {
  enum class Mark : std::uint8_t { unseen, open, done };
  std::vector<Mark> marks(trie_.size(), Mark::unseen);
  struct Step {
    std::size_t children;
    std::uint32_t next_label;
  };
  std::vector<Step> path;
  const auto enter = [&](std::size_t index) {
    const std::uint32_t unit = trie_[index];
    const std::size_t children = children_of(index, unit);
    if (children >= trie_.size()) {
      throw Error(OC_E_MODEL, fmt::format("unit {} of the trie in precompiled_charsmap leads outside of it", index));
    }
    if (ends_key(unit)) {
      const std::size_t offset = value_of(trie_[children]);
      if (offset > replacements_.size() ||
          (offset < replacements_.size() && is_utf8_continuation(replacements_[offset]))) {
        throw Error(OC_E_MODEL,
                    fmt::format("unit {} of the trie in precompiled_charsmap gives an offset {} of no replacement",
                                children, offset));
      }
    }
    if (marks[children] == Mark::done) return;
    if (marks[children] == Mark::open) {
      throw Error(OC_E_MODEL, fmt::format("unit {} of the trie in precompiled_charsmap leads back to itself", index));
    }
    marks[children] = Mark::open;
    path.push_back({children, 1});
  };
  enter(0);
  while (!path.empty()) {
    Step& step = path.back();
    if (step.next_label > 0xFF) {
      marks[step.children] = Mark::done;
      path.pop_back();
      continue;
    }
    const std::uint32_t label = step.next_label++;
    const std::size_t child = step.children ^ label;
    if (child < trie_.size() && label_of(trie_[child]) == label) enter(child);
  }
}

std::string_view PrecompiledCharsmap::replacement_at(std::size_t offset) const {
  const std::string_view rest = std::string_view(replacements_).substr(offset);
  return rest.substr(0, rest.find('\0'));
}

std::optional<std::string_view> PrecompiledCharsmap::replacement(std::string_view chunk) const {
  std::size_t node = children_of(0, trie_[0]);
  for (const char byte : chunk) {
    const std::uint32_t label = static_cast<unsigned char>(byte);
    const std::size_t child = node ^ label;
    if (label == 0 || child >= trie_.size() || label_of(trie_[child]) != label) return std::nullopt;
    node = children_of(child, trie_[child]);
    if (ends_key(trie_[child])) return replacement_at(value_of(trie_[node]));
  }
  return std::nullopt;
}

AlignedText PrecompiledCharsmap::normalize(AlignedText source) const {
  std::vector<Edit> edits;
  bool changed = false;
  const auto replaced = [&](std::string_view chunk) {
    const auto known = replacement(chunk);
    if (known) substitute(count_characters(chunk), *known, edits);
    changed |= known.has_value();
    return known.has_value();
  };
  for_each_grapheme(source.text(), [&](std::string_view cluster) {
    if (cluster.size() <= longest_cluster && replaced(cluster)) return;
    for (std::size_t i = 0; i < cluster.size();) {
      const Utf8Unit unit = read_utf8(cluster, i);
      if (!replaced(cluster.substr(i, unit.length))) edits.push_back({unit.code_point, 0});
      i += unit.length;
    }
  });
  return changed ? rewrite(source, edits) : source;
}

}  // namespace ocellus::models
