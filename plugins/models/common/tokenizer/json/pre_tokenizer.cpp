#include "plugins/models/common/tokenizer/pretokenizer/pre_tokenizer.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/models/common/tokenizer/json/component.hpp"
#include "plugins/models/common/tokenizer/json/parts.hpp"
#include "plugins/models/common/tokenizer/pretokenizer/character_split.hpp"
#include "plugins/models/common/tokenizer/pretokenizer/split_pattern.hpp"

namespace ocellus::models {
namespace {

// The split that ByteLevel brings along with `use_regex`, from GPT-2.
constexpr std::string_view gpt2_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

Split read_pattern(const JsonView& component, std::string_view pattern) {
  try {
    return [split = SplitPattern(pattern)](std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces) {
      split.split(text, offset, pieces);
    };
  } catch (const Error& error) {
    component.fail(error.what());
  }
}

Split read_split(const JsonView& component) {
  const JsonView pattern = component.member("pattern");
  if (!pattern.has("Regex")) pattern.refuse("pre-tokenizer Split with a pattern that is not a 'Regex'");
  const std::string& behavior = component.member("behavior").text();
  if (behavior != "Isolated") component.refuse(fmt::format("pre-tokenizer Split with behavior '{}'", behavior));
  if (component.boolean_or("invert", false)) component.refuse("pre-tokenizer Split with invert");
  return read_pattern(pattern, pattern.member("Regex").text());
}

}  // namespace

ReadPreTokenizer read_pre_tokenizer(const JsonView& root) {
  PreTokenizer result;
  bool has_patterns = false, byte_level = false, metaspace = false;
  const auto add_metaspace = [&](const JsonView& component) {
    const Metaspace spelling = read_metaspace(component);
    result.respell = [spelling](AlignedText piece) { return spelling.spell(std::move(piece)); };
    if (component.boolean_or("split", true)) {
      result.respelt_splits.emplace_back(
          [spelling](std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces) {
            spelling.split(text, offset, pieces);
          });
    }
    metaspace = true;
  };
  const auto add_byte_level = [&](const JsonView& component) {
    const bool prefix_space = component.boolean_or("add_prefix_space", true);
    if (prefix_space) {  // as Metaspace would put it, with a space that stays one
      const Metaspace spelling{" ", Metaspace::Prepend::always};
      result.respell = [spelling](AlignedText piece) { return spelling.spell(std::move(piece)); };
    }
    if (component.boolean_or("use_regex", true))
      (prefix_space ? result.respelt_splits : result.splits).push_back(read_pattern(component, gpt2_pattern));
    byte_level = true;
  };
  for_each_component(root, "pre_tokenizer", "pretokenizers", [&](const JsonView& component, const std::string& type) {
    if (byte_level) component.refuse(fmt::format("pre-tokenizer '{}' after ByteLevel", type));
    if (metaspace) component.refuse(fmt::format("pre-tokenizer '{}' after Metaspace", type));
    if (type == "Split") {
      result.splits.push_back(read_split(component));
      has_patterns = true;
    } else if (type == "WhitespaceSplit") {
      result.splits.emplace_back(split_at_space);
    } else if (type == "BertPreTokenizer") {
      result.splits.emplace_back(split_at_space);
      result.splits.emplace_back(isolate_punctuation);
    } else if (type == "ByteLevel") {
      add_byte_level(component);
    } else if (type == "Metaspace") {
      add_metaspace(component);
    } else {
      component.refuse(fmt::format("pre-tokenizer '{}'", type));
    }
  });
  if (!byte_level && has_patterns) root.refuse("a pre_tokenizer that splits by a pattern without ByteLevel");
  return {std::move(result), byte_level};
}

}  // namespace ocellus::models
