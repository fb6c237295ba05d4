// Tokens that are found in the text as they stand, before it is split and merged: "<|im_end|>", "<tool_call>".
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ocellus::models {

struct AddedToken {
  std::string content;
  std::uint32_t id;
  bool single_word;  // not where a word character touches it
  bool lstrip;       // covers the white space before it
  bool rstrip;       // covers the white space after it
  bool normalized;   // looked for in the normalised text, by its normalised content
  bool special;      // left out of decoded text on request
};

// Finds tokens in text, leftmost first and there the longest.
class TokenFinder {
 public:
  // Bytes [begin, end) of the text are token `id`, or ordinary text.
  struct Section {
    std::size_t begin, end;
    std::optional<std::uint32_t> id;
  };

  // Of two tokens with equal text, the one added first is found. `text` must not be empty.
  void add(std::string_view text, const AddedToken& token);

  // Cuts `text`, which must be UTF-8, into sections, in order, none of them empty.
  std::vector<Section> split(std::string_view text) const;

 private:
  struct Node {
    std::vector<std::pair<char, std::uint32_t>> children;
    std::optional<std::size_t> token;  // index into tokens_
  };
  const Node* child(const Node& node, char byte) const;

  std::vector<Node> trie_{1};
  std::vector<AddedToken> tokens_;
};

// All added tokens of a tokenizer.
class AddedTokens {
 public:
  // `normalize` is applied to the content of tokens that are looked for in normalised text.
  AddedTokens(std::vector<AddedToken> tokens, const std::function<std::string(const std::string&)>& normalize);

  const TokenFinder& in_raw_text() const { return in_raw_text_; }
  const TokenFinder& in_normalized_text() const { return in_normalized_text_; }

  // Null if there is none.
  const AddedToken* find(std::string_view content) const;
  const AddedToken* find(std::uint32_t id) const;

  const std::vector<AddedToken>& all() const { return tokens_; }

 private:
  std::vector<AddedToken> tokens_;
  std::unordered_map<std::string, std::size_t> by_content_;
  std::unordered_map<std::uint32_t, std::size_t> by_id_;
  TokenFinder in_raw_text_, in_normalized_text_;
};

}  // namespace ocellus::models
