#include "plugins/models/common/tokenizer/unigram.hpp"

#include <algorithm>
#include <utility>

#include "plugins/models/common/tokenizer/byte_token.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

constexpr double unknown_penalty = 10;

std::uint64_t edge(std::uint32_t node, char byte) {
  return std::uint64_t{node} << 8 | static_cast<unsigned char>(byte);
}

}  // namespace

Unigram::Unigram(Vocabulary vocabulary, std::vector<double> scores, std::uint32_t unknown, bool byte_fallback)
    : vocabulary_(std::move(vocabulary)),
      scores_(std::move(scores)),
      unknown_(unknown),
      unknown_score_(*std::min_element(scores_.begin(), scores_.end()) - unknown_penalty),
      node_ids_(1) {
  for (std::uint32_t id = 0; id < scores_.size(); ++id) add_to_trie(*vocabulary_.token(id), id);
  for (unsigned byte = 0; byte_fallback && byte < 256; ++byte)
    byte_ids_[byte] = vocabulary_.id(byte_token(static_cast<unsigned char>(byte)));
}

void Unigram::add_to_trie(std::string_view token, std::uint32_t id) {
  std::uint32_t node = root;
  for (const char byte : token) {
    const auto [entry, is_new] = children_.emplace(edge(node, byte), static_cast<std::uint32_t>(node_ids_.size()));
    if (is_new) node_ids_.emplace_back();
    node = entry->second;
  }
  node_ids_[node] = id;
}

template <typename Visit>
void Unigram::for_each_prefix(std::string_view text, const Visit& visit) const {
  std::uint32_t node = root;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto child = children_.find(edge(node, text[i]));
    if (child == children_.end()) return;
    node = child->second;
    if (node_ids_[node]) visit(i + 1, *node_ids_[node]);
  }
}

std::vector<Unigram::Step> Unigram::best_steps(std::string_view piece) const {
  std::vector<Step> steps(piece.size() + 1);
  for (std::size_t begin = 0; begin < piece.size();) {
    const double before = steps[begin].score;
    const std::size_t character = read_utf8(piece, begin).length;
    const auto offer = [&](std::size_t length, std::uint32_t id, double score) {
      Step& step = steps[begin + length];
      if (!step.reached || score + before > step.score) step = {score + before, begin, id, true};
    };
    bool is_entry = false;
    for_each_prefix(piece.substr(begin), [&](std::size_t length, std::uint32_t id) {
      offer(length, id, scores_[id]);
      is_entry |= length == character;
    });
    if (!is_entry) offer(character, unknown_, unknown_score_);
    begin += character;
  }
  return steps;
}

// A run of unknown characters may happen to be an entry whose score was worse than theirs.
void Unigram::append_unknown(std::string_view piece, std::size_t begin, std::size_t end,
                             std::vector<Symbol>& tokens) const {
  const std::string_view run = piece.substr(begin, end - begin);
  if (const auto id = vocabulary_.id(run)) {
    tokens.push_back({*id, begin, end});
    return;
  }
  const auto id_of = [&](char byte) { return byte_ids_[static_cast<unsigned char>(byte)]; };
  if (std::all_of(run.begin(), run.end(), [&](char byte) { return id_of(byte).has_value(); })) {
    for (const char byte : run) tokens.push_back({*id_of(byte), begin, end});
  } else {
    tokens.push_back({unknown_, begin, end});
  }
}

void Unigram::encode(std::string_view piece, std::vector<Symbol>& tokens) const {
  const std::vector<Step> steps = best_steps(piece);
  std::vector<Symbol> path;  // from the last token to the first
  for (std::size_t end = piece.size(); end > 0; end = steps[end].begin) {
    const bool continues_run = steps[end].id == unknown_ && !path.empty() && path.back().id == unknown_;
    if (continues_run) {
      path.back().begin = steps[end].begin;
    } else {
      path.push_back({steps[end].id, steps[end].begin, end});
    }
  }
  for (auto symbol = path.rbegin(); symbol != path.rend(); ++symbol) {
    if (symbol->id == unknown_) {
      append_unknown(piece, symbol->begin, symbol->end, tokens);
    } else {
      tokens.push_back(*symbol);
    }
  }
}

}  // namespace ocellus::models
