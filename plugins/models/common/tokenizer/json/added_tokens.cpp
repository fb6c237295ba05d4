#include "plugins/models/common/tokenizer/added_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "plugins/models/common/tokenizer/json/parts.hpp"

namespace ocellus::models {
namespace {

// Collects added tokens, with the ids the library gives them: a token of the vocabulary keeps its id, others are
// numbered on from the end. A file whose ids say otherwise is refused: nobody could tell which ids the model knows.
class AddedTokenList {
 public:
  explicit AddedTokenList(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  bool has(const std::string& content) const { return ids_.contains(content); }

  void add(const JsonView& entry, std::uint32_t id) {
    AddedToken token{entry.member("content").text(), id, false, false, false, false, false};
    if (token.content.empty()) entry.fail("an added token has no content");
    token.single_word = entry.boolean_or("single_word", false);
    token.lstrip = entry.boolean_or("lstrip", false);
    token.rstrip = entry.boolean_or("rstrip", false);
    token.special = entry.boolean_or("special", false);
    token.normalized = entry.boolean_or("normalized", !token.special);
    if (has(token.content)) entry.fail(fmt::format("the added token '{}' comes twice", token.content));
    const std::uint64_t expected = vocabulary_.id(token.content).value_or(next_id());
    if (id != expected) {
      entry.fail(fmt::format("the added token '{}' has the id {}, but after the tokens before it, it must be {}",
                             token.content, id, expected));
    }
    ids_.emplace(token.content, id);
    highest_id_ = std::max(highest_id_, std::uint64_t{id});
    tokens_.push_back(std::move(token));
  }

  std::vector<AddedToken> take() { return std::move(tokens_); }

 private:
  std::uint32_t next_id() const {
    const std::uint64_t vocabulary_end = vocabulary_.size();
    const bool beyond = !tokens_.empty() && (highest_id_ >= vocabulary_end || vocabulary_end == 0);
    return static_cast<std::uint32_t>(beyond ? highest_id_ + 1 : vocabulary_end);
  }

  const Vocabulary& vocabulary_;
  std::vector<AddedToken> tokens_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::uint64_t highest_id_ = 0;
};

}  // namespace

std::vector<AddedToken> read_added_tokens(const JsonView& root, const JsonView& config, const Vocabulary& vocabulary) {
  AddedTokenList list(vocabulary);
  if (root.has("added_tokens")) {
    const JsonView entries = root.member("added_tokens");
    const std::size_t count = entries.array_size();
    for (std::size_t i = 0; i < count; ++i) {
      const JsonView entry = entries.element(i);
      list.add(entry, entry.member("id").token_id());
    }
  }
  if (config.has("added_tokens_decoder")) {
    const JsonView entries = config.member("added_tokens_decoder");
    std::map<std::uint32_t, std::string> keys;  // in order of id: the object's own order is that of text
    for (const auto& [key, unused] : entries.object().items()) {
      const bool digits = !key.empty() && key.size() <= 9 && key.find_first_not_of("0123456789") == key.npos;
      if (!digits) entries.fail(fmt::format("'{}' is not a token id", key));
      keys.emplace(static_cast<std::uint32_t>(std::stoul(key)), key);
    }
    for (const auto& [id, key] : keys) {
      const JsonView entry = entries.member(key);
      const std::string& content = entry.member("content").text();
      if (!list.has(content)) list.add(entry, vocabulary.id(content).value_or(id));
    }
  }
  return list.take();
}

}  // namespace ocellus::models
