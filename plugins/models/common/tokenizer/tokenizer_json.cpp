#include "plugins/models/common/tokenizer/tokenizer_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "plugins/models/common/tokenizer/json_view.hpp"
#include "plugins/models/common/tokenizer/normalizer.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

// The split that ByteLevel brings along with `use_regex`, from GPT-2.
constexpr std::string_view gpt2_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

constexpr int deepest_sequence = 8;  // a bound on recursion; real files have one level

nlohmann::json parse_json(std::string_view text, const std::string& where) {
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw Error(OC_E_MODEL, fmt::format("{} is not valid JSON ({}); download it again", where, error.what()));
  }
}

// Calls `visit` with each component of `root[stage]` and its type, Sequences opened (their parts are in `parts`).
void for_each_component(const JsonView& root, std::string_view stage, std::string_view parts,
                        const std::function<void(const JsonView&, const std::string&)>& visit) {
  if (!root.has(stage)) return;
  const std::function<void(const JsonView&, int)> open = [&](const JsonView& component, int depth) {
    const std::string& type = component.member("type").text();
    if (type != "Sequence") return visit(component, type);
    if (depth == deepest_sequence) component.refuse(fmt::format("a Sequence more than {} deep", deepest_sequence));
    const JsonView list = component.member(parts);
    const std::size_t count = list.array_size();
    for (std::size_t i = 0; i < count; ++i) open(list.element(i), depth + 1);
  };
  open(root.member(stage), 0);
}

// {"pattern": {"String": …}, "content": …} of a Replace component.
std::pair<std::string, std::string> read_replacement(const JsonView& component) {
  const JsonView pattern = component.member("pattern");
  if (!pattern.has("String")) pattern.refuse("Replace with a pattern that is not a 'String'");
  const std::string& from = pattern.member("String").text();
  if (from.empty()) pattern.fail("the pattern of Replace is empty");
  return {from, component.member("content").text()};
}

std::vector<Normalizer> read_normalizers(const JsonView& root) {
  std::vector<Normalizer> normalizers;
  for_each_component(root, "normalizer", "normalizers", [&](const JsonView& component, const std::string& type) {
    if (type == "NFC") {
      normalizers.emplace_back(normalize_nfc);
    } else if (type == "Prepend") {
      const std::string prefix = component.member("prepend").text();
      if (prefix.empty()) component.fail("Prepend has nothing to prepend");
      normalizers.emplace_back([prefix](AlignedText text) { return prepend(std::move(text), prefix); });
    } else if (type == "Replace") {
      const auto rule = read_replacement(component);
      if (rule.second.empty()) component.refuse("normalizer Replace that leaves characters out");
      normalizers.emplace_back([rule](AlignedText text) { return replace(std::move(text), rule.first, rule.second); });
    } else {
      component.refuse(fmt::format("normalizer '{}'", type));
    }
  });
  return normalizers;
}

SplitPattern read_pattern(const JsonView& component, std::string_view pattern) {
  try {
    return SplitPattern(pattern);
  } catch (const Error& error) {
    component.fail(error.what());
  }
}

Metaspace read_metaspace(const JsonView& component) {
  Metaspace metaspace{component.member("replacement").text(), Metaspace::Prepend::always, true};
  const std::string& character = metaspace.replacement;
  if (character.empty() || read_utf8(character, 0).length != character.size())
    component.fail("the replacement of Metaspace is not one character");
  const std::string scheme = component.has("prepend_scheme") ? component.member("prepend_scheme").text() : "always";
  // Older files have add_prefix_space alone; beside a scheme it says the same in other words.
  if (scheme == "never" || !component.boolean_or("add_prefix_space", true)) {
    metaspace.prepend = Metaspace::Prepend::never;
  } else if (scheme == "first") {
    metaspace.prepend = Metaspace::Prepend::first;
  } else if (scheme != "always") {
    component.refuse(fmt::format("pre-tokenizer Metaspace with prepend_scheme '{}'", scheme));
  }
  metaspace.split = component.boolean_or("split", true);
  return metaspace;
}

struct PreTokenizer {
  std::vector<SplitPattern> splits;
  std::optional<Metaspace> metaspace;
  bool byte_level = false;
};

PreTokenizer read_pre_tokenizer(const JsonView& root) {
  PreTokenizer result;
  for_each_component(root, "pre_tokenizer", "pretokenizers", [&](const JsonView& component, const std::string& type) {
    if (result.byte_level) component.refuse(fmt::format("pre-tokenizer '{}' after ByteLevel", type));
    if (result.metaspace) component.refuse(fmt::format("pre-tokenizer '{}' after Metaspace", type));
    if (type == "Split") {
      const JsonView pattern = component.member("pattern");
      if (!pattern.has("Regex")) pattern.refuse("pre-tokenizer Split with a pattern that is not a 'Regex'");
      const std::string& behavior = component.member("behavior").text();
      if (behavior != "Isolated") component.refuse(fmt::format("pre-tokenizer Split with behavior '{}'", behavior));
      if (component.boolean_or("invert", false)) component.refuse("pre-tokenizer Split with invert");
      result.splits.push_back(read_pattern(pattern, pattern.member("Regex").text()));
    } else if (type == "ByteLevel") {
      if (component.boolean_or("add_prefix_space", true))
        component.refuse("pre-tokenizer ByteLevel with add_prefix_space");
      if (component.boolean_or("use_regex", true)) result.splits.push_back(read_pattern(component, gpt2_pattern));
      result.byte_level = true;
    } else if (type == "Metaspace" && result.splits.empty()) {
      result.metaspace = read_metaspace(component);
    } else {
      component.refuse(fmt::format("pre-tokenizer '{}'", type));
    }
  });
  if (!result.byte_level && !result.splits.empty()) root.refuse("a pre_tokenizer that splits without ByteLevel");
  return result;
}

// The steps of a SentencePiece model's decoder, in their one order: Replace, ByteFallback, Fuse, Strip.
Decoder read_decoder(const JsonView& root, bool byte_level) {
  Decoder decoder{byte_level, {}, false, ""};
  int step = 0;
  const auto go_to = [&](int next, const JsonView& component, const std::string& type) {
    if (byte_level || next < step) component.refuse(fmt::format("decoder '{}' there", type));
    step = next;
  };
  bool is_spelt_in_bytes = false;
  for_each_component(root, "decoder", "decoders", [&](const JsonView& component, const std::string& type) {
    if (type == "ByteLevel") {
      if (!byte_level) component.refuse("decoder ByteLevel over a pre_tokenizer without ByteLevel");
      if (is_spelt_in_bytes) component.refuse("decoder 'ByteLevel' twice");
      is_spelt_in_bytes = true;
    } else if (type == "Replace") {
      go_to(0, component, type);
      decoder.replacements.push_back(read_replacement(component));
    } else if (type == "ByteFallback") {
      go_to(1, component, type);
      decoder.byte_fallback = true;
    } else if (type == "Fuse") {
      go_to(2, component, type);
    } else if (type == "Strip") {
      if (step != 2) component.refuse("decoder 'Strip' of what is not fused");
      go_to(3, component, type);
      decoder.stripped = component.member("content").text();
      if (component.member("start").token_id() != 1 || component.member("stop").token_id() != 0)
        component.refuse("decoder 'Strip' of anything but one character at the beginning");
    } else {
      component.refuse(fmt::format("decoder '{}'", type));
    }
  });
  if (byte_level != is_spelt_in_bytes) root.refuse("a decoder without ByteLevel");
  if (!byte_level && step < 2) root.refuse("a decoder without Fuse");
  return decoder;
}

using TokenPair = std::pair<std::string_view, std::string_view>;

// Either form, "a b" or ["a", "b"]; only the second can hold tokens with spaces.
std::optional<TokenPair> split_merge(const nlohmann::json& merge) {
  if (merge.is_array()) {
    if (merge.size() != 2 || !merge[0].is_string() || !merge[1].is_string()) return std::nullopt;
    return TokenPair(merge[0].get_ref<const std::string&>(), merge[1].get_ref<const std::string&>());
  }
  if (!merge.is_string()) return std::nullopt;
  const std::string_view both = merge.get_ref<const std::string&>();
  const std::size_t space = both.find(' ');
  if (space == both.npos || both.find(' ', space + 1) != both.npos) return std::nullopt;
  return TokenPair(both.substr(0, space), both.substr(space + 1));
}

MergeTable read_merges(const JsonView& list, const Vocabulary& vocabulary) {
  MergeTable merges;
  const std::size_t count = list.array_size();
  merges.reserve(count);
  std::string product;
  for (std::size_t i = 0; i < count; ++i) {
    const nlohmann::json& merge = list.value()[i];
    if (merge.is_string() && merge.get_ref<const std::string&>().starts_with("#version")) continue;
    const auto pair = split_merge(merge);
    if (!pair) list.element(i).fail("a merge is two tokens, in an array or with one space between them");
    const auto id_of = [&](std::string_view token) {
      const auto id = vocabulary.id(token);
      if (!id) list.element(i).fail(fmt::format("'{}' is not in the vocabulary", token));
      return *id;
    };
    product.assign(pair->first).append(pair->second);
    merges.add(id_of(pair->first), id_of(pair->second), id_of(product));
  }
  return merges;
}

BpeModel read_model(const JsonView& root, bool byte_level) {
  const JsonView model = root.member("model");
  const std::string& type = model.member("type").text();
  if (type != "BPE") model.refuse(fmt::format("model '{}'", type));
  if (model.has("dropout")) model.refuse("BPE with dropout");
  const bool byte_fallback = model.boolean_or("byte_fallback", false);
  if (byte_level && model.has("unk_token")) model.refuse("BPE with unk_token over ByteLevel");
  if (byte_level && byte_fallback) model.refuse("BPE with byte_fallback over ByteLevel");
  for (const std::string_view option : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (model.has(option) && !model.member(option).text().empty()) model.refuse(fmt::format("BPE with {}", option));
  }

  Vocabulary vocabulary;
  const JsonView entries = model.member("vocab");
  vocabulary.reserve(entries.object().size());
  for (const auto& [token, value] : entries.object().items()) {
    const auto id = JsonView::token_id_of(value);
    if (!id) entries.member(token).fail_token_id();
    if (!vocabulary.add(token, *id)) entries.fail(fmt::format("two tokens have the id {}", *id));
  }
  MergeTable merges = read_merges(model.member("merges"), vocabulary);
  const bool ignore_merges = model.boolean_or("ignore_merges", false);
  if (byte_level) return ByteLevelBpe(std::move(vocabulary), std::move(merges), ignore_merges);
  CharacterBpe::Fallback fallback{byte_fallback, std::nullopt, model.boolean_or("fuse_unk", false)};
  if (model.has("unk_token")) {
    fallback.unknown = vocabulary.id(model.member("unk_token").text());
    if (!fallback.unknown) model.member("unk_token").fail("the unknown token is not in the vocabulary");
  }
  return CharacterBpe(std::move(vocabulary), std::move(merges), ignore_merges, fallback);
}

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

std::vector<AddedToken> read_added_tokens(const JsonView& root, const JsonView* config, const Vocabulary& vocabulary) {
  AddedTokenList list(vocabulary);
  if (root.has("added_tokens")) {
    const JsonView entries = root.member("added_tokens");
    const std::size_t count = entries.array_size();
    for (std::size_t i = 0; i < count; ++i) {
      const JsonView entry = entries.element(i);
      list.add(entry, entry.member("id").token_id());
    }
  }
  if (config && config->has("added_tokens_decoder")) {
    const JsonView entries = config->member("added_tokens_decoder");
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

// "$A" with special tokens around it: `single` lists {"SpecialToken": {"id"}} and {"Sequence": {"id": "A"}},
// `special_tokens` gives the ids of each name.
Template read_template(const JsonView& component, const Vocabulary& vocabulary, const AddedTokens& added) {
  Template result;
  bool after = false;
  const JsonView list = component.member("single");
  const std::size_t count = list.array_size();
  for (std::size_t i = 0; i < count; ++i) {
    const JsonView piece = list.element(i);
    if (piece.has("Sequence")) {
      if (after || piece.member("Sequence").member("id").text() != "A") piece.refuse("a template that is not one $A");
      after = true;
      continue;
    }
    const JsonView ids =
        component.member("special_tokens").member(piece.member("SpecialToken").member("id").text()).member("ids");
    const std::size_t id_count = ids.array_size();
    for (std::size_t k = 0; k < id_count; ++k) {
      const std::uint32_t id = ids.element(k).token_id();
      if (!added.find(id) && !vocabulary.token(id)) ids.fail(fmt::format("there is no token {}", id));
      (after ? result.after : result.before).push_back(id);
    }
  }
  if (!after) list.fail("the template does not hold the text ($A)");
  return result;
}

Template read_post_processor(const JsonView& root, const Vocabulary& vocabulary, const AddedTokens& added) {
  Template result;
  bool found = false;
  for_each_component(root, "post_processor", "processors", [&](const JsonView& component, const std::string& type) {
    if (type == "ByteLevel") return;  // only trims offsets, which we give untrimmed
    if (type != "TemplateProcessing" || found) component.refuse(fmt::format("post-processor '{}'", type));
    result = read_template(component, vocabulary, added);
    found = true;
  });
  return result;
}

}  // namespace

Pipeline parse_pipeline(std::string_view tokenizer_json, std::string_view tokenizer_config, const std::string& where) {
  const std::string json_where = where + "tokenizer.json", config_where = where + "tokenizer_config.json";
  const nlohmann::json document = parse_json(tokenizer_json, json_where);
  const nlohmann::json config =
      tokenizer_config.empty() ? nlohmann::json::object() : parse_json(tokenizer_config, config_where);
  const JsonView root(document, json_where), config_root(config, config_where);

  std::vector<Normalizer> normalizers = read_normalizers(root);
  PreTokenizer pre_tokenizer = read_pre_tokenizer(root);
  Decoder decoder = read_decoder(root, pre_tokenizer.byte_level);
  BpeModel model = read_model(root, pre_tokenizer.byte_level);
  const Vocabulary& vocabulary = vocabulary_of(model);
  AddedTokens added(read_added_tokens(root, &config_root, vocabulary), [&](const std::string& content) {
    AlignedText text(content, 0);
    for (const Normalizer& normalize : normalizers) text = normalize(std::move(text));
    return std::string(text.text());
  });
  Template special_tokens = read_post_processor(root, vocabulary, added);
  return Pipeline{
      std::move(added), std::move(normalizers), std::move(pre_tokenizer.splits), std::move(pre_tokenizer.metaspace),
      std::move(model), std::move(decoder),     std::move(special_tokens)};
}

}  // namespace ocellus::models
