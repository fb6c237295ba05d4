#include "plugins/models/common/tokenizer/bert_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <vector>

#include "plugins/models/common/tokenizer/json_view.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

using nlohmann::json;

// Python's universal newlines: "\n", "\r" and "\r\n" end a line.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
  }
  return lines;
}

// "[SEP]" or {"content": "[SEP]", "lstrip": …, …}.
json added_token(const JsonView& config, const std::string& attribute, const char* otherwise) {
  json token = {{"content", otherwise}, {"special", true}};
  for (const char* flag : {"single_word", "lstrip", "rstrip", "normalized"}) token[flag] = false;
  if (!config.has(attribute)) return token;
  const JsonView value = config.member(attribute);
  if (value.value().is_string()) {
    token["content"] = value.text();
    return token;
  }
  token["content"] = value.member("content").text();
  for (const char* flag : {"single_word", "lstrip", "rstrip", "normalized"})
    token[flag] = value.boolean_or(flag, false);
  return token;
}

json template_token(const json& name) {
  return {{"SpecialToken", {{"id", name}, {"type_id", 0}}}};
}

}  // namespace

std::string bert_tokenizer_json(std::string_view vocabulary, std::string_view tokenizer_config,
                                const std::string& where) {
  const std::string vocabulary_where = where + "vocab.txt";
  if (const auto invalid = first_invalid_utf8(vocabulary))
    throw Error(OC_E_MODEL, fmt::format("{} is not UTF-8 at byte {}; download it again", vocabulary_where, *invalid));
  json ids = json::object();
  std::size_t count = 0;
  for (const std::string& token : lines_of(vocabulary)) ids[token] = count++;

  const json document =
      tokenizer_config.empty() ? json::object() : parse_json_file(tokenizer_config, where + "tokenizer_config.json");
  const JsonView config(document, where + "tokenizer_config.json");
  json added = json::array();
  const auto add = [&](const std::string& attribute, const char* otherwise) -> json {
    json token = added_token(config, attribute, otherwise);
    const json name = token["content"];
    if (!ids.contains(name.get<std::string>())) {
      throw Error(OC_E_MODEL,
                  fmt::format("{} does not have the {} '{}'; use the tokenizer files the model was published "
                              "with",
                              vocabulary_where, attribute, name.get<std::string>()));
    }
    token["id"] = ids[name.get<std::string>()];
    added.push_back(std::move(token));
    return name;
  };
  const json unknown = add("unk_token", "[UNK]"), separator = add("sep_token", "[SEP]");
  add("pad_token", "[PAD]");
  const json first = add("cls_token", "[CLS]");
  add("mask_token", "[MASK]");

  json special_tokens = json::object();
  for (const json& name : {separator, first}) {
    special_tokens[name.get<std::string>()] = {
        {"id", name}, {"ids", json::array({ids[name.get<std::string>()]})}, {"tokens", json::array({name})}};
  }
  json normalizer = {{"type", "BertNormalizer"},
                     {"clean_text", true},
                     {"handle_chinese_chars", config.boolean_or("tokenize_chinese_chars", true)},
                     {"strip_accents", nullptr},
                     {"lowercase", config.boolean_or("do_lower_case", true)}};
  if (config.has("strip_accents")) normalizer["strip_accents"] = config.member("strip_accents").boolean();
  const json single =
      json::array({template_token(first), {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}, template_token(separator)});
  return json{{"added_tokens", std::move(added)},
              {"normalizer", std::move(normalizer)},
              {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
              {"post_processor",
               {{"type", "TemplateProcessing"}, {"single", single}, {"special_tokens", std::move(special_tokens)}}},
              {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
              {"model",
               {{"type", "WordPiece"},
                {"unk_token", unknown},
                {"continuing_subword_prefix", "##"},
                {"max_input_chars_per_word", 100},
                {"vocab", std::move(ids)}}}}
      .dump();
}

}  // namespace ocellus::models
