#include "plugins/models/common/tokenizer/bpe.hpp"

#include <limits>
#include <queue>
#include <tuple>
#include <utility>

#include "plugins/models/common/tokenizer/byte_level.hpp"
#include "plugins/models/common/tokenizer/byte_token.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

std::uint64_t pair_key(std::uint32_t left, std::uint32_t right) {
  return std::uint64_t{left} << 32 | right;
}

// A rule that applied to the symbols at `left` and after it when it was queued. A symbol's id never comes back at the
// same place, so the two ids tell whether it still does.
struct Candidate {
  std::uint32_t rank;
  std::size_t left;
  std::uint32_t left_id, right_id, product;

  bool operator>(const Candidate& other) const { return std::tie(rank, left) > std::tie(other.rank, other.left); }
};

}  // namespace

void MergeTable::add(std::uint32_t left, std::uint32_t right, std::uint32_t product) {
  rules_[pair_key(left, right)] = {next_rank_++, product};
}

const MergeTable::Rule* MergeTable::find(std::uint32_t left, std::uint32_t right) const {
  const auto found = rules_.find(pair_key(left, right));
  return found == rules_.end() ? nullptr : &found->second;
}

void MergeTable::apply(std::vector<Symbol>& symbols) const {
  const std::size_t count = symbols.size();
  if (count < 2) return;

  // A doubly linked list over `symbols`; a merged symbol lives on at the place of its left half.
  std::vector<std::size_t> next(count), previous(count);
  for (std::size_t i = 0; i < count; ++i) {
    next[i] = i + 1 < count ? i + 1 : none;
    previous[i] = i > 0 ? i - 1 : none;
  }
  std::vector<bool> merged_away(count, false);

  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  const auto consider = [&](std::size_t left, std::size_t right) {
    if (left == none || right == none) return;
    if (const Rule* rule = find(symbols[left].id, symbols[right].id)) {
      queue.push({rule->rank, left, symbols[left].id, symbols[right].id, rule->product});
    }
  };
  for (std::size_t i = 0; i + 1 < count; ++i) consider(i, i + 1);

  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    const std::size_t left = best.left;
    if (merged_away[left] || symbols[left].id != best.left_id) continue;
    const std::size_t right = next[left];
    if (right == none || symbols[right].id != best.right_id) continue;

    symbols[left].id = best.product;
    symbols[left].end = symbols[right].end;
    merged_away[right] = true;
    next[left] = next[right];
    if (next[right] != none) previous[next[right]] = left;
    consider(previous[left], left);
    consider(left, next[left]);
  }

  std::size_t kept = 0;
  for (std::size_t i = 0; i != none; i = next[i]) symbols[kept++] = symbols[i];
  symbols.resize(kept);
}

ByteLevelBpe::ByteLevelBpe(Vocabulary vocabulary, MergeTable merges, bool ignore_merges)
    : vocabulary_(std::move(vocabulary)), merges_(std::move(merges)), ignore_merges_(ignore_merges) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    byte_ids_[byte] = vocabulary_.id(byte_level::spell({&raw, 1}));
  }
}

void ByteLevelBpe::encode(std::string_view piece, std::vector<Symbol>& tokens) const {
  if (ignore_merges_) {
    if (const auto whole = vocabulary_.id(byte_level::spell(piece))) {
      tokens.push_back({*whole, 0, piece.size()});
      return;
    }
  }
  std::vector<Symbol> symbols;
  symbols.reserve(piece.size());
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (const auto id = byte_ids_[static_cast<unsigned char>(piece[i])]) symbols.push_back({*id, i, i + 1});
  }
  merges_.apply(symbols);
  tokens.insert(tokens.end(), symbols.begin(), symbols.end());
}

CharacterBpe::CharacterBpe(Vocabulary vocabulary, MergeTable merges, bool ignore_merges, Fallback fallback)
    : vocabulary_(std::move(vocabulary)),
      merges_(std::move(merges)),
      ignore_merges_(ignore_merges),
      fallback_(fallback) {
  for (unsigned byte = 0; byte < 256; ++byte)
    byte_ids_[byte] = vocabulary_.id(byte_token(static_cast<unsigned char>(byte)));
}

std::vector<std::uint32_t> CharacterBpe::byte_tokens(std::string_view character) const {
  std::vector<std::uint32_t> ids;
  for (const char byte : character) {
    const auto id = byte_ids_[static_cast<unsigned char>(byte)];
    if (!id) return {};
    ids.push_back(*id);
  }
  return ids;
}

void CharacterBpe::encode(std::string_view piece, std::vector<Symbol>& tokens) const {
  if (ignore_merges_) {
    if (const auto whole = vocabulary_.id(piece)) {
      tokens.push_back({*whole, 0, piece.size()});
      return;
    }
  }
  // Symbols stand one after another as the library places them: it holds an unknown character back until one that the
  // vocabulary has, so that the bytes of a character between them come first.
  std::vector<Symbol> symbols;
  std::size_t placed = 0, unknown_length = 0;
  const auto place = [&](std::uint32_t id, std::size_t length) {
    symbols.push_back({id, placed, placed + length});
    placed += length;
  };
  const auto place_unknown = [&] {
    if (unknown_length > 0) place(*fallback_.unknown, unknown_length);
    unknown_length = 0;
  };
  for (std::size_t i = 0; i < piece.size();) {
    const std::string_view character = piece.substr(i, read_utf8(piece, i).length);
    i += character.size();
    if (const auto id = vocabulary_.id(character)) {
      place_unknown();
      place(*id, character.size());
      continue;
    }
    const std::vector<std::uint32_t> bytes = fallback_.to_bytes ? byte_tokens(character) : std::vector<std::uint32_t>();
    for (const std::uint32_t id : bytes) place(id, 1);
    if (!bytes.empty() || !fallback_.unknown) continue;
    if (!fallback_.fuse_unknown) place_unknown();
    unknown_length += character.size();
  }
  place_unknown();
  merges_.apply(symbols);
  tokens.insert(tokens.end(), symbols.begin(), symbols.end());
}

}  // namespace ocellus::models
