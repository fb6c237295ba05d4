#include "plugins/models/common/tokenizer/tokenizer.hpp"

#include <fmt/format.h>

#include <limits>
#include <ocellus/sdk/error.hpp>
#include <utility>

#include "plugins/models/common/tokenizer/bert_folder.hpp"
#include "plugins/models/common/tokenizer/pipeline.hpp"
#include "plugins/models/common/tokenizer/tokenizer_file.hpp"
#include "plugins/models/common/tokenizer/tokenizer_json.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

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

  std::vector<Token> encode(std::string_view text) const override { return pipeline_.encode(text); }

  const SpecialTokens& special_tokens() const override { return pipeline_.post_processor.special_tokens; }

  std::optional<std::string> bytes(std::int64_t id) const override {
    const std::string* token = spelling(pipeline_, id);
    return token ? std::optional(pipeline_.decoder->bytes(*token)) : std::nullopt;
  }

  std::string decode(std::span<const std::int64_t> ids, bool skip_special) const override {
    std::vector<const std::string*> tokens;
    for (const std::int64_t id : ids) {
      const std::string* token = spelling(pipeline_, id);
      if (token && !(skip_special && is_special(id))) tokens.push_back(token);
    }
    return pipeline_.decoder->text(tokens);
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

// `tokens` between the special ones.
std::vector<Token> surround(std::vector<Token> tokens, const SpecialTokens& special) {
  std::vector<Token> all;
  all.reserve(special.before.size() + tokens.size() + special.after.size());
  for (const std::int64_t id : special.before) all.push_back({id, 0, 0});
  all.insert(all.end(), tokens.begin(), tokens.end());
  for (const std::int64_t id : special.after) all.push_back({id, 0, 0});
  return all;
}

}  // namespace

Tokenizer::Tokenizer(std::shared_ptr<const Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Tokenizer Tokenizer::parse(std::string_view tokenizer_json, std::string_view tokenizer_config,
                           const std::string& where) {
  return Tokenizer(std::make_shared<const PipelineTokenizer>(parse_pipeline(tokenizer_json, tokenizer_config, where)));
}

Tokenizer Tokenizer::load(const std::filesystem::path& model_folder) {
  const std::filesystem::path json = model_folder / "tokenizer.json", bert_vocabulary = model_folder / "vocab.txt";
  const std::filesystem::path config = model_folder / "tokenizer_config.json";
  const std::string where = (model_folder / "").string();
  std::error_code error;
  const auto read_config = [&] {
    return std::filesystem::exists(config, error) ? read_tokenizer_file(config) : std::string();
  };
  if (std::filesystem::exists(json, error)) return parse(read_tokenizer_file(json), read_config(), where);
  if (std::filesystem::exists(bert_vocabulary, error)) {
    const std::string bert_config = read_config();
    return parse(bert_tokenizer_json(read_tokenizer_file(bert_vocabulary), bert_config, where), bert_config, where);
  }
  throw Error(OC_E_MODEL, fmt::format("{} has no tokenizer.json; name a model folder as downloaded from the hub",
                                      model_folder.string()));
}

std::vector<Token> Tokenizer::encode(std::string_view text, bool add_special_tokens) const {
  return encode(text, add_special_tokens, std::numeric_limits<std::size_t>::max());
}

std::vector<Token> Tokenizer::encode(std::string_view text, bool add_special_tokens, std::size_t max_length) const {
  if (const auto invalid = first_invalid_utf8(text)) {
    throw Error(OC_E_SAMPLE, fmt::format("the text is not UTF-8 at byte {}; convert it", *invalid));
  }
  const SpecialTokens special = add_special_tokens ? implementation_->special_tokens() : SpecialTokens();
  const std::size_t special_count = special.before.size() + special.after.size();
  if (special_count > max_length) {
    throw Error(OC_E_MODEL, fmt::format("a text of at most {} tokens has no place for the {} special ones around it",
                                        max_length, special_count));
  }
  std::vector<Token> tokens = implementation_->encode(text);
  if (tokens.size() > max_length - special_count) tokens.resize(max_length - special_count);
  return surround(std::move(tokens), special);
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
