#include "plugins/models/common/tokenizer/tokenizer.hpp"

#include <fmt/format.h>

#include <limits>
#include <ocellus/sdk/error.hpp>
#include <utility>

#include "plugins/models/common/tokenizer/pipeline.hpp"
#include "plugins/models/common/tokenizer/tokenizer_file.hpp"
#include "plugins/models/common/tokenizer/tokenizer_json.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

Token place(std::uint32_t id, ByteRange range) {
  return {id, range.begin, range.end};
}

// Tokens of the words of `text`.
void encode_words(const Pipeline& pipeline, const AlignedText& piece, std::vector<ByteRange> words,
                  std::vector<Token>& tokens) {
  const std::string_view text = piece.text();
  for (const SplitPattern& pattern : pipeline.splits) {
    std::vector<ByteRange> finer;
    for (const ByteRange& word : words) {
      pattern.split(text.substr(word.begin, word.end - word.begin), word.begin, finer);
    }
    words = std::move(finer);
  }
  std::vector<Symbol> symbols;
  for (const ByteRange& word : words) {
    symbols.clear();
    std::visit([&](const auto& bpe) { bpe.encode(text.substr(word.begin, word.end - word.begin), symbols); },
               pipeline.model);
    for (const Symbol& symbol : symbols) {
      tokens.push_back(place(symbol.id, piece.origin(word.begin + symbol.begin, word.begin + symbol.end)));
    }
  }
}

// Tokens of ordinary normalised text [begin, end) of `piece`.
void encode_text(const Pipeline& pipeline, const AlignedText& piece, std::size_t begin, std::size_t end,
                 std::vector<Token>& tokens) {
  if (!pipeline.metaspace) return encode_words(pipeline, piece, {{begin, end}}, tokens);
  const AlignedText spelt = pipeline.metaspace->spell(piece.section(begin, end));
  encode_words(pipeline, spelt, pipeline.metaspace->words(spelt.text()), tokens);
}

std::optional<std::uint32_t> narrow(std::int64_t id) {
  if (id < 0 || id > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(id);
}

const std::string* spelling(const Pipeline& pipeline, std::int64_t id) {
  const auto narrowed = narrow(id);
  if (!narrowed) return nullptr;
  if (const AddedToken* added = pipeline.added_tokens.find(*narrowed)) return &added->content;
  return pipeline.vocabulary().token(*narrowed);
}

class PipelineTokenizer final : public Tokenizer::Implementation {
 public:
  explicit PipelineTokenizer(Pipeline pipeline) : pipeline_(std::move(pipeline)) {}

  std::vector<Token> encode(std::string_view text, bool add_special_tokens) const override {
    std::vector<Token> tokens;
    if (add_special_tokens) {
      for (const std::uint32_t id : pipeline_.special_tokens.before) tokens.push_back(place(id, {0, 0}));
    }
    for (const TokenFinder::Section& raw : pipeline_.added_tokens.in_raw_text().split(text)) {
      if (raw.id) {
        tokens.push_back(place(*raw.id, {raw.begin, raw.end}));
        continue;
      }
      AlignedText piece(text.substr(raw.begin, raw.end - raw.begin), raw.begin);
      for (const Normalizer& normalize : pipeline_.normalizers) piece = normalize(std::move(piece));
      for (const TokenFinder::Section& section : pipeline_.added_tokens.in_normalized_text().split(piece.text())) {
        if (section.id) {
          tokens.push_back(place(*section.id, piece.origin(section.begin, section.end)));
        } else {
          encode_text(pipeline_, piece, section.begin, section.end, tokens);
        }
      }
    }
    if (add_special_tokens) {
      for (const std::uint32_t id : pipeline_.special_tokens.after) tokens.push_back(place(id, {0, 0}));
    }
    return tokens;
  }

  std::optional<std::string> bytes(std::int64_t id) const override {
    const std::string* token = spelling(pipeline_, id);
    return token ? std::optional(pipeline_.decoder.bytes(*token)) : std::nullopt;
  }

  std::string decode(std::span<const std::int64_t> ids, bool skip_special) const override {
    std::vector<const std::string*> tokens;
    for (const std::int64_t id : ids) {
      const std::string* token = spelling(pipeline_, id);
      if (token && !(skip_special && is_special(id))) tokens.push_back(token);
    }
    return pipeline_.decoder.text(tokens);
  }

  std::optional<std::int64_t> id(std::string_view token_text) const override {
    if (const AddedToken* added = pipeline_.added_tokens.find(token_text)) return added->id;
    return pipeline_.vocabulary().id(token_text);
  }

  bool is_special(std::int64_t id) const override {
    const auto narrowed = narrow(id);
    const AddedToken* added = narrowed ? pipeline_.added_tokens.find(*narrowed) : nullptr;
    return added && added->special;
  }

  std::size_t size() const override {
    const Vocabulary& vocabulary = pipeline_.vocabulary();
    std::size_t count = vocabulary.size();
    for (const AddedToken& token : pipeline_.added_tokens.all()) count += vocabulary.id(token.content) ? 0 : 1;
    return count;
  }

 private:
  Pipeline pipeline_;
};

}  // namespace

Tokenizer::Tokenizer(std::shared_ptr<const Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Tokenizer Tokenizer::parse(std::string_view tokenizer_json, std::string_view tokenizer_config,
                           const std::string& where) {
  return Tokenizer(std::make_shared<const PipelineTokenizer>(parse_pipeline(tokenizer_json, tokenizer_config, where)));
}

Tokenizer Tokenizer::load(const std::filesystem::path& model_folder) {
  const std::filesystem::path json = model_folder / "tokenizer.json";
  const std::filesystem::path config = model_folder / "tokenizer_config.json";
  std::error_code error;
  if (!std::filesystem::exists(json, error)) {
    throw Error(OC_E_MODEL, fmt::format("{} has no tokenizer.json; name a model folder as downloaded from the hub",
                                        model_folder.string()));
  }
  return parse(read_tokenizer_file(json),
               std::filesystem::exists(config, error) ? read_tokenizer_file(config) : std::string(),
               (model_folder / "").string());
}

std::vector<Token> Tokenizer::encode(std::string_view text, bool add_special_tokens) const {
  if (const auto invalid = first_invalid_utf8(text)) {
    throw Error(OC_E_SAMPLE, fmt::format("the text is not UTF-8 at byte {}; convert it", *invalid));
  }
  return implementation_->encode(text, add_special_tokens);
}

std::string Tokenizer::bytes(std::int64_t id) const {
  auto known = implementation_->bytes(id);
  if (!known) throw Error(OC_E_SAMPLE, fmt::format("the tokenizer has no token {}; ids go up to its size", id));
  return *std::move(known);
}

std::string Tokenizer::decode(std::span<const std::int64_t> ids, bool skip_special) const {
  return implementation_->decode(ids, skip_special);
}

bool Tokenizer::strips_space(std::int64_t id) const {
  const std::optional<std::string> alone = implementation_->bytes(id);
  return alone && alone->starts_with(' ') &&
         implementation_->decode({&id, 1}, /*skip_special=*/false) == std::string_view(*alone).substr(1);
}

std::optional<std::int64_t> Tokenizer::id(std::string_view token_text) const {
  return implementation_->id(token_text);
}

bool Tokenizer::is_special(std::int64_t id) const {
  return implementation_->is_special(id);
}

std::size_t Tokenizer::size() const {
  return implementation_->size();
}

}  // namespace ocellus::models
