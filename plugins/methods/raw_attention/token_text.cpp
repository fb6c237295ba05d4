#include "plugins/methods/raw_attention/token_text.hpp"

#include <algorithm>

namespace ocellus::methods {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The character that `bytes` begin with: its length; of what is none, the bytes that one could have begun with.
struct Character {
  size_t length;
  bool is_whole;     // a character
  bool is_possible;  // not whole, but may become a character
};

Character first_of(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  if (first == 0) return {1, false, false};
  if (first < 0x80) return {1, true, false};
  const size_t length = first >= 0xF5 ? 0 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0) return {1, false, false};
  // The second byte is bounded by the first: no overlong forms, no surrogates, nothing past U+10FFFF.
  const unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  for (size_t i = 1; i < length; ++i) {
    if (i == bytes.size()) return {i, false, true};
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool fits = i == 1 ? byte >= least && byte <= most : continues(bytes[i]);
    if (!fits) return {i, false, false};
  }
  return {length, true, false};
}

bool ends_within_character(std::string_view bytes) {
  while (!bytes.empty()) {
    const Character next = first_of(bytes);
    if (next.is_possible) return true;
    bytes.remove_prefix(next.length);
  }
  return false;
}

std::string readable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const Character next = first_of(bytes);
    text += next.is_whole ? bytes.substr(0, next.length) : std::string_view("\xEF\xBF\xBD");
    bytes.remove_prefix(next.length);
  }
  return text;
}

}  // namespace

void TokenText::add(std::string_view bytes) {
  if (pending_tokens_ > 0 && !bytes.empty() && !continues(bytes.front())) close();
  pending_ += bytes;
  ++pending_tokens_;
  if (!ends_within_character(pending_)) close();
}

void TokenText::add_together(int64_t count, std::string_view bytes) {
  close();
  pending_ = bytes;
  pending_tokens_ = count;
  close();
}

void TokenText::close() {
  if (pending_tokens_ == 0) return;
  const auto begin = static_cast<int64_t>(text_.size());
  text_ += readable(pending_);
  const auto end = static_cast<int64_t>(text_.size());
  for (int64_t token = 0; token < pending_tokens_; ++token) {
    groups_.push_back(next_group_);
    offsets_.insert(offsets_.end(), {begin, end});
  }
  ++next_group_;
  pending_.clear();
  pending_tokens_ = 0;
}

}  // namespace ocellus::methods
