#include "plugins/models/common/tokenizer/added_tokens.hpp"

#include <algorithm>

#include "plugins/models/common/tokenizer/characters.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

bool ends_with_word(std::string_view text, std::size_t end) {
  return end > 0 && is_word(read_utf8(text, previous_character(text, end)).code_point);
}

bool starts_with_word(std::string_view text, std::size_t begin) {
  return begin < text.size() && is_word(read_utf8(text, begin).code_point);
}

std::size_t skip_spaces_back(std::string_view text, std::size_t end, std::size_t limit) {
  while (end > limit) {
    const std::size_t before = previous_character(text, end);
    if (!is_space(read_utf8(text, before).code_point)) break;
    end = before;
  }
  return end;
}

std::size_t skip_spaces(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const Utf8Unit unit = read_utf8(text, begin);
    if (!is_space(unit.code_point)) break;
    begin += unit.length;
  }
  return begin;
}

}  // namespace

const TokenFinder::Node* TokenFinder::child(const Node& node, char byte) const {
  for (const auto& [label, index] : node.children) {
    if (label == byte) return &trie_[index];
  }
  return nullptr;
}

void TokenFinder::add(std::string_view text, const AddedToken& token) {
  std::uint32_t at = 0;
  for (const char byte : text) {
    if (const Node* known = child(trie_[at], byte)) {
      at = static_cast<std::uint32_t>(known - trie_.data());
    } else {
      const auto index = static_cast<std::uint32_t>(trie_.size());
      trie_[at].children.emplace_back(byte, index);
      trie_.emplace_back();
      at = index;
    }
  }
  if (trie_[at].token) return;
  trie_[at].token = tokens_.size();
  tokens_.push_back(token);
}

std::vector<TokenFinder::Section> TokenFinder::split(std::string_view text) const {
  std::vector<Section> sections;
  std::size_t done = 0;  // everything before it is in a section
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* token = nullptr;
    std::size_t match_end = at;
    const Node* node = &trie_[0];
    for (std::size_t i = at; i < text.size() && (node = child(*node, text[i])); ++i) {
      if (node->token) {
        token = &tokens_[*node->token];
        match_end = i + 1;
      }
    }
    if (!token) {
      ++at;
      continue;
    }
    std::size_t begin = at, end = match_end;
    at = match_end;
    if (token->single_word && (ends_with_word(text, begin) || starts_with_word(text, end))) continue;
    if (token->lstrip) begin = skip_spaces_back(text, begin, std::min(begin, done));
    if (token->rstrip) end = skip_spaces(text, end);
    if (done < begin) sections.push_back({done, begin, std::nullopt});
    sections.push_back({begin, end, token->id});
    done = end;
  }
  if (done < text.size()) sections.push_back({done, text.size(), std::nullopt});
  return sections;
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens,
                         const std::function<std::string(const std::string&)>& normalize)
    : tokens_(std::move(tokens)) {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    by_content_.emplace(tokens_[i].content, i);
    by_id_.emplace(tokens_[i].id, i);
  }
  // Special ones first: where two contents normalise to the same text, that is the order in which the library looks.
  for (const bool special : {true, false}) {
    for (const AddedToken& token : tokens_) {
      if (token.special != special) continue;
      if (token.normalized) {
        in_normalized_text_.add(normalize(token.content), token);
      } else {
        in_raw_text_.add(token.content, token);
      }
    }
  }
}

const AddedToken* AddedTokens::find(std::string_view content) const {
  const auto found = by_content_.find(std::string(content));
  return found == by_content_.end() ? nullptr : &tokens_[found->second];
}

const AddedToken* AddedTokens::find(std::uint32_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &tokens_[found->second];
}

}  // namespace ocellus::models
