// The text of a sequence of tokens, and which part of it each token stands for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::methods {

// Tokens that share a character are one group; so are those put in together.
class TokenText {
 public:
  // One token. What its bytes leave of a character waits for the next one.
  void add(std::string_view bytes);
  // `count` tokens that are one group of this text, which no character crosses.
  void add_together(int64_t count, std::string_view bytes);
  // To be called after the last token.
  void finish() { close(); }

  // UTF-8; bytes that are none, and NUL, are U+FFFD.
  const std::string& text() const { return text_; }
  const std::vector<int64_t>& groups() const { return groups_; }    // [tokens], from 0 on
  const std::vector<int64_t>& offsets() const { return offsets_; }  // [tokens, 2], half open, of the token's group

 private:
  void close();

  std::string text_, pending_;
  int64_t pending_tokens_ = 0, next_group_ = 0;
  std::vector<int64_t> groups_, offsets_;
};

}  // namespace ocellus::methods
