#include "plugins/models/common/sentencepiece/llama_tokenizer_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <set>
#include <utility>

#include "plugins/models/common/tokenizer/json_view.hpp"

namespace ocellus::models {
namespace {

// In the order in which transformers numbers those that have no id.
constexpr std::array<const char*, 7> special_attributes{"bos_token", "eos_token", "unk_token", "sep_token",
                                                        "pad_token", "cls_token", "mask_token"};
constexpr const char* more_special = "additional_special_tokens";

nlohmann::json parse_object(const std::string& text, const std::string& where) {
  if (text.empty()) return nlohmann::json::object();
  nlohmann::json parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) throw Error(OC_E_MODEL, fmt::format("{} does not hold a JSON object", where));
  return parsed;
}

// A token as a text, or as an object with its content and flags.
AddedToken read_token(const JsonView& entry) {
  const bool plain = entry.value().is_string();
  AddedToken token{plain ? entry.text() : entry.member("content").text(), 0, false, false, false, false, false};
  if (token.content.empty()) entry.fail("a token has no content");
  if (plain) return token;
  token.lstrip = entry.boolean_or("lstrip", false);
  token.rstrip = entry.boolean_or("rstrip", false);
  if (entry.boolean_or("single_word", false)) entry.refuse("a token with single_word");
  return token;
}

class ConfigReader {
 public:
  ConfigReader(const LlamaTokenizerFiles& files, const SentencePieceModel& model, const std::string& where)
      : config_(parse_object(files.tokenizer_config, where + "tokenizer_config.json")),
        special_map_(parse_object(files.special_tokens_map, where + "special_tokens_map.json")),
        added_(parse_object(files.added_tokens, where + "added_tokens.json")),
        root_(config_, where + "tokenizer_config.json"),
        map_root_(special_map_, where + "special_tokens_map.json"),
        added_root_(added_, where + "added_tokens.json"),
        model_(model),
        more_(files.more_special) {}

  LlamaTokenizerConfig read() {
    check_class();
    LlamaTokenizerConfig config;
    config.legacy = root_.boolean_or("legacy", true);
    config.add_bos = root_.boolean_or("add_bos_token", true);
    config.add_eos = root_.boolean_or("add_eos_token", false);
    // Unlike the others, this one is off if it is there and null.
    config.add_prefix_space = !config_.contains("add_prefix_space") || root_.boolean_or("add_prefix_space", false);
    const bool has_decoder = config_.contains("added_tokens_decoder");
    read_special(has_decoder);
    if (has_decoder) {
      read_decoder();
    } else {
      for (const auto& [content, id] : added_.items()) add(added_root_.member(content).token_id(), plain(content));
    }
    number_special();
    for (auto& [id, token] : tokens_) {
      token.id = id;
      token.special = special_contents_.contains(token.content);
      config.tokens.push_back(token);
    }
    for (const auto& [attribute, token] : special_)
      if (attribute == more_special) config.additional.insert(token.content);
    config.bos = content_of("bos_token");
    config.eos = content_of("eos_token");
    if (config.add_bos && config.bos.empty()) root_.fail("add_bos_token is on, but there is no bos_token");
    if (config.add_eos && config.eos.empty()) root_.fail("add_eos_token is on, but there is no eos_token");
    return config;
  }

 private:
  static AddedToken plain(const std::string& content) { return {content, 0, false, false, false, false, false}; }

  void check_class() const {
    if (root_.has("tokenizer_class")) {
      const std::string& name = root_.member("tokenizer_class").text();
      if (name != "LlamaTokenizer" && name != "LlamaTokenizerFast")
        root_.refuse(fmt::format("tokenizer_class '{}' with a tokenizer.model", name));
    }
    for (const char* option : {"split_special_tokens", "do_lower_case"})
      if (root_.boolean_or(option, false)) root_.refuse(option);
    if (root_.has("sp_model_kwargs") && !root_.member("sp_model_kwargs").object().empty())
      root_.refuse("sp_model_kwargs");
  }

  void read_special(bool has_decoder) {
    const bool use_map = !has_decoder;
    for (const char* attribute : special_attributes) {
      const JsonView& from = use_map && special_map_.contains(attribute) ? map_root_ : root_;
      if (from.has(attribute)) {
        special_.emplace_back(attribute, read_token(from.member(attribute)));
      } else if (!from.value().contains(attribute)) {
        const std::string name = attribute;
        if (name == "bos_token") special_.emplace_back(name, plain("<s>"));
        if (name == "eos_token") special_.emplace_back(name, plain("</s>"));
        if (name == "unk_token") special_.emplace_back(name, plain("<unk>"));
      }
    }
    for (const JsonView* from : {&root_, use_map ? &map_root_ : nullptr}) {
      if (from == nullptr || !from->has(more_special)) continue;
      const JsonView list = from->member(more_special);
      const std::size_t count = list.array_size();
      for (std::size_t i = 0; i < count; ++i) special_.emplace_back(more_special, read_token(list.element(i)));
    }
    for (const std::string& content : more_) special_.emplace_back(more_special, plain(content));
    for (const auto& [attribute, token] : special_) special_contents_.insert(token.content);
  }

  void read_decoder() {
    if (!root_.has("added_tokens_decoder")) return;
    const JsonView entries = root_.member("added_tokens_decoder");
    for (const auto& [key, unused] : entries.object().items()) {
      const bool digits = !key.empty() && key.size() <= 9 && key.find_first_not_of("0123456789") == key.npos;
      if (!digits) entries.fail(fmt::format("'{}' is not a token id", key));
      add(static_cast<std::uint32_t>(std::stoul(key)), read_token(entries.member(key)));
    }
  }

  void add(std::uint32_t id, AddedToken token) {
    if (const auto [place, is_new] = contents_.emplace(token.content, id); !is_new)
      root_.fail(fmt::format("the added token '{}' has two ids, {} and {}", token.content, place->second, id));
    tokens_.insert_or_assign(id, std::move(token));
  }

  // Special tokens without an id keep that of their piece, or follow all tokens there are.
  void number_special() {
    std::map<std::string, std::uint32_t> vocabulary;
    for (std::uint32_t id = 0; id < model_.pieces.size(); ++id) {
      const auto added = tokens_.find(id);
      vocabulary[added == tokens_.end() ? model_.pieces[id].text : added->second.content] = id;
    }
    for (const auto& [content, id] : contents_) vocabulary[content] = id;
    auto next = static_cast<std::uint32_t>(vocabulary.size());
    for (const auto& [attribute, token] : special_) {
      if (contents_.contains(token.content)) continue;
      const auto [known, is_new] = vocabulary.emplace(token.content, next);
      if (is_new) ++next;
      add(known->second, token);
    }
  }

  std::string content_of(std::string_view attribute) const {
    const auto found =
        std::find_if(special_.begin(), special_.end(), [&](const auto& entry) { return entry.first == attribute; });
    return found == special_.end() ? std::string() : found->second.content;
  }

  nlohmann::json config_, special_map_, added_;
  JsonView root_, map_root_, added_root_;
  const SentencePieceModel& model_;
  const std::vector<std::string>& more_;
  std::vector<std::pair<std::string, AddedToken>> special_;  // by attribute, in the order of numbering
  std::set<std::string> special_contents_;
  std::map<std::uint32_t, AddedToken> tokens_;
  std::map<std::string, std::uint32_t> contents_;  // of tokens_
};

}  // namespace

LlamaTokenizerConfig read_llama_tokenizer_config(const LlamaTokenizerFiles& files, const SentencePieceModel& model,
                                                 const std::string& where) {
  return ConfigReader(files, model, where).read();
}

}  // namespace ocellus::models
