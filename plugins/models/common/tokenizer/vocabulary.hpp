// Tokens of a model and their ids, both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ocellus::models {

class Vocabulary {
 public:
  Vocabulary() = default;
  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;

  void reserve(std::size_t count);

  // False, and nothing changes, if the token or the id is already there.
  bool add(std::string token, std::uint32_t id);

  std::optional<std::uint32_t> id(std::string_view token) const;

  // Null for an id that no token has; else valid as long as the vocabulary.
  const std::string* token(std::uint32_t id) const;

  std::size_t size() const { return ids_.size(); }

  // Bytes of the longest token; 0 if there is none.
  std::size_t longest_token() const { return longest_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> ids_;
  std::unordered_map<std::uint32_t, const std::string*> tokens_;  // point at keys of ids_, whose nodes never move
  std::size_t longest_ = 0;
};

}  // namespace ocellus::models
