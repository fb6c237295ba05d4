#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>
#include <string>
#include <utility>

#include "plugins/models/common/tokenizer/base64.hpp"
#include "plugins/models/common/tokenizer/bert_normalizer.hpp"
#include "plugins/models/common/tokenizer/json/component.hpp"
#include "plugins/models/common/tokenizer/json/parts.hpp"
#include "plugins/models/common/tokenizer/normalizer.hpp"
#include "plugins/models/common/tokenizer/precompiled.hpp"

namespace ocellus::models {
namespace {

// The one regular expression of a Replace that is known: transformers writes it when it converts a SentencePiece model.
constexpr std::string_view run_of_spaces = " {2,}";

Normalizer read_replace(const JsonView& component) {
  const JsonView pattern = component.member("pattern");
  const std::string content = component.member("content").text();
  if (content.empty()) component.refuse("normalizer Replace that leaves characters out");
  if (pattern.has("Regex") && pattern.member("Regex").text() == run_of_spaces)
    return [content](AlignedText text) { return replace_runs(std::move(text), ' ', 2, content); };
  const auto rule = read_replacement(component);
  return [rule](AlignedText text) { return replace(std::move(text), rule.first, rule.second); };
}

Normalizer read_precompiled(const JsonView& component) {
  const JsonView charsmap = component.member("precompiled_charsmap");
  const auto bytes = decode_base64(charsmap.text());
  if (!bytes) charsmap.fail("this is not Base64");
  try {
    const auto precompiled = std::make_shared<const PrecompiledCharsmap>(*bytes);
    return [precompiled](AlignedText text) { return precompiled->normalize(std::move(text)); };
  } catch (const Error& error) {
    charsmap.fail(error.what());
  }
}

Normalizer read_bert_normalizer(const JsonView& component) {
  BertNormalizer bert{};
  bert.clean_text = component.member("clean_text").boolean();
  bert.handle_chinese_chars = component.member("handle_chinese_chars").boolean();
  bert.lowercase = component.member("lowercase").boolean();
  bert.strip_accents = component.boolean_or("strip_accents", bert.lowercase);
  return [bert](AlignedText text) { return bert.normalize(std::move(text)); };
}

Normalizer read_normalizer(const JsonView& component, const std::string& type) {
  if (type == "NFC") return normalize_nfc;
  if (type == "Replace") return read_replace(component);
  if (type == "Precompiled") return read_precompiled(component);
  if (type == "BertNormalizer") return read_bert_normalizer(component);
  if (type == "Prepend") {
    const std::string prefix = component.member("prepend").text();
    if (prefix.empty()) component.fail("Prepend has nothing to prepend");
    return [prefix](AlignedText text) { return prepend(std::move(text), prefix); };
  }
  if (type == "Strip") {
    const bool left = component.member("strip_left").boolean(), right = component.member("strip_right").boolean();
    return [left, right](AlignedText text) { return strip(std::move(text), left, right); };
  }
  component.refuse(fmt::format("normalizer '{}'", type));
}

}  // namespace

std::vector<Normalizer> read_normalizers(const JsonView& root) {
  std::vector<Normalizer> normalizers;
  for_each_component(root, "normalizer", "normalizers", [&](const JsonView& component, const std::string& type) {
    normalizers.push_back(read_normalizer(component, type));
  });
  return normalizers;
}

}  // namespace ocellus::models
