#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/models/common/tokenizer/json/parts.hpp"

namespace ocellus::models {
namespace {

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

// {"token": id, …}
Vocabulary read_vocabulary(const JsonView& entries) {
  Vocabulary vocabulary;
  vocabulary.reserve(entries.object().size());
  for (const auto& [token, value] : entries.object().items()) {
    const auto id = JsonView::token_id_of(value);
    if (!id) entries.member(token).fail_token_id();
    if (!vocabulary.add(token, *id)) entries.fail(fmt::format("two tokens have the id {}", *id));
  }
  return vocabulary;
}

std::uint32_t read_unknown_token(const JsonView& model, const Vocabulary& vocabulary) {
  const JsonView token = model.member("unk_token");
  const auto id = vocabulary.id(token.text());
  if (!id) token.fail("the unknown token is not in the vocabulary");
  return *id;
}

Model read_bpe(const JsonView& model, bool byte_level) {
  if (model.has("dropout")) model.refuse("BPE with dropout");
  const bool byte_fallback = model.boolean_or("byte_fallback", false);
  if (byte_level && model.has("unk_token")) model.refuse("BPE with unk_token over ByteLevel");
  if (byte_level && byte_fallback) model.refuse("BPE with byte_fallback over ByteLevel");
  for (const std::string_view option : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (model.has(option) && !model.member(option).text().empty()) model.refuse(fmt::format("BPE with {}", option));
  }
  Vocabulary vocabulary = read_vocabulary(model.member("vocab"));
  MergeTable merges = read_merges(model.member("merges"), vocabulary);
  const bool ignore_merges = model.boolean_or("ignore_merges", false);
  if (byte_level) return ByteLevelBpe(std::move(vocabulary), std::move(merges), ignore_merges);
  CharacterBpe::Fallback fallback{byte_fallback, std::nullopt, model.boolean_or("fuse_unk", false)};
  if (model.has("unk_token")) fallback.unknown = read_unknown_token(model, vocabulary);
  return CharacterBpe(std::move(vocabulary), std::move(merges), ignore_merges, fallback);
}

// The number that the library reads where a correct reader reads `exact`: serde_json takes the decimal digits for an
// integer and divides it by a power of ten, and each of the two rounds. Scores as they are published have 17 digits, so
// some come out one unit in the last place away, and with them may the sums of ways to cut a text that tie.
double as_the_library_reads(double exact) {
  std::array<char, 32> text;  // the shortest digits that name the number, "d.ddde-dd"
  const auto printed = std::to_chars(text.data(), text.data() + text.size(), exact, std::chars_format::scientific);
  const std::string_view scientific(text.data(), static_cast<std::size_t>(printed.ptr - text.data()));
  const std::size_t e = scientific.find('e');
  std::uint64_t digits = 0;
  int exponent = 0;
  bool after_point = false;
  for (const char c : scientific.substr(0, e)) {
    after_point |= c == '.';
    if (c < '0' || c > '9') continue;
    digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
    exponent -= after_point ? 1 : 0;
  }
  const bool large = scientific[e + 1] == '+';
  int power = 0;
  std::from_chars(scientific.data() + e + 2, printed.ptr, power);
  exponent += large ? power : -power;
  const std::string scale_text = fmt::format("1e{}", exponent < 0 ? -exponent : exponent);
  double scale = 0;
  if (std::from_chars(scale_text.data(), scale_text.data() + scale_text.size(), scale).ec != std::errc()) return exact;
  const double magnitude = exponent < 0 ? static_cast<double>(digits) / scale : static_cast<double>(digits) * scale;
  return exact < 0 ? -magnitude : magnitude;
}

// [["token", log-probability], …] in the order of ids.
Model read_unigram(const JsonView& model) {
  if (!model.has("unk_id")) model.refuse("Unigram without unk_id");
  const JsonView entries = model.member("vocab");
  const std::size_t count = entries.array_size();
  Vocabulary vocabulary;
  vocabulary.reserve(count);
  std::vector<double> scores;
  scores.reserve(count);
  for (std::size_t id = 0; id < count; ++id) {
    const nlohmann::json& entry = entries.value()[id];
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number())
      entries.element(id).fail("an entry of Unigram is a token and its score");
    if (!vocabulary.add(entry[0].get<std::string>(), static_cast<std::uint32_t>(id)))
      entries.element(id).fail("the token comes twice");
    scores.push_back(as_the_library_reads(entry[1].get<double>()));
  }
  const JsonView unknown = model.member("unk_id");
  const std::uint32_t unknown_id = unknown.token_id();
  if (unknown_id >= count) unknown.fail(fmt::format("there is no token {} among {}", unknown_id, count));
  return Unigram(std::move(vocabulary), std::move(scores), unknown_id, model.boolean_or("byte_fallback", false));
}

Model read_word_piece(const JsonView& model) {
  Vocabulary vocabulary = read_vocabulary(model.member("vocab"));
  const std::uint32_t unknown = read_unknown_token(model, vocabulary);
  return WordPiece(std::move(vocabulary), unknown, model.member("continuing_subword_prefix").text(),
                   model.member("max_input_chars_per_word").token_id());
}

}  // namespace

Model read_model(const JsonView& root, bool byte_level) {
  const JsonView model = root.member("model");
  const std::string& type = model.member("type").text();
  if (type == "BPE") return read_bpe(model, byte_level);
  if (byte_level) model.refuse(fmt::format("model '{}' over ByteLevel", type));
  if (type == "Unigram") return read_unigram(model);
  if (type == "WordPiece") return read_word_piece(model);
  model.refuse(fmt::format("model '{}'", type));
}

}  // namespace ocellus::models
