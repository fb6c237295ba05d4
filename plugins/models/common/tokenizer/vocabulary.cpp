#include "plugins/models/common/tokenizer/vocabulary.hpp"

#include <algorithm>
#include <utility>

namespace ocellus::models {

void Vocabulary::reserve(std::size_t count) {
  ids_.reserve(count);
  tokens_.reserve(count);
}

bool Vocabulary::add(std::string token, std::uint32_t id) {
  if (tokens_.contains(id)) return false;
  const auto [entry, added] = ids_.emplace(std::move(token), id);
  if (added) {
    tokens_.emplace(id, &entry->first);
    longest_ = std::max(longest_, entry->first.size());
  }
  return added;
}

std::optional<std::uint32_t> Vocabulary::id(std::string_view token) const {
  const auto found = ids_.find(token);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

const std::string* Vocabulary::token(std::uint32_t id) const {
  const auto found = tokens_.find(id);
  return found == tokens_.end() ? nullptr : found->second;
}

}  // namespace ocellus::models
