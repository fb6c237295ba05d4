// Text to token ids and back, whatever kind of file a tokenizer is written in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

// `begin` and `end` are UTF-8 byte offsets into the text that was encoded. A token that is part of a character covers
// that whole character, so neighbours may overlap; a token that swallows white space covers it too, unless the file's
// RobertaProcessing trims offsets (white space alone is an empty range then). Of characters that a normalizer makes
// one, the result covers the first only, as in the library. Tokens that stand nowhere in the text (a template's BOS)
// have begin = end = 0.
struct Token {
  std::int64_t id;
  std::size_t begin, end;
};

// What is put around a text where special tokens are asked for.
struct SpecialTokens {
  std::vector<std::int64_t> before, after;
};

// Immutable after loading: copies share one implementation, and every const member may be called by any thread.
class Tokenizer {
 public:
  // What differs between kinds of files. The members mean what those of Tokenizer mean.
  class Implementation {
   public:
    virtual ~Implementation() = default;
    virtual std::vector<Token> encode(std::string_view text) const = 0;  // of UTF-8, without special tokens around it
    virtual const SpecialTokens& special_tokens() const = 0;
    virtual std::optional<std::string> bytes(std::int64_t id) const = 0;  // nothing: there is no such token
    virtual std::string decode(std::span<const std::int64_t> ids, bool skip_special) const = 0;
    virtual std::optional<std::int64_t> id(std::string_view token_text) const = 0;
    virtual bool is_special(std::int64_t id) const = 0;
    virtual std::size_t size() const = 0;
  };

  explicit Tokenizer(std::shared_ptr<const Implementation> implementation);

  // Bit for bit as the `tokenizers` library 0.22: reads tokenizer.json, and from tokenizer_config.json (where it
  // exists) the added tokens that tokenizer.json lacks. A BERT folder without it may have vocab.txt, with the options
  // of tokenizer_config.json. Throws Error(OC_E_MODEL) naming the file and the component that is missing, malformed or
  // not supported.
  static Tokenizer load(const std::filesystem::path& model_folder);

  // The same from the contents of the two files; `tokenizer_config` may be empty, `where` names them in errors.
  static Tokenizer parse(std::string_view tokenizer_json, std::string_view tokenizer_config, const std::string& where);

  // The whole text; added tokens written in it are recognised. `add_special_tokens` asks for those of the
  // post-processor's template. Throws Error(OC_E_SAMPLE) where the text is not UTF-8 or cannot be split.
  std::vector<Token> encode(std::string_view text, bool add_special_tokens) const;

  // The same cut to `max_length` tokens as the truncation of the library does it on the right side: special tokens
  // stay, the end of the text goes. Throws Error(OC_E_MODEL) where special tokens alone are more.
  std::vector<Token> encode(std::string_view text, bool add_special_tokens, std::size_t max_length) const;

  // The bytes this token stands for in decoded text: possibly only a part of a character.
  // Throws Error(OC_E_SAMPLE) for an id the tokenizer does not have.
  std::string bytes(std::int64_t id) const;

  // The bytes of all tokens joined as the decoder of tokenizer.json says, with U+FFFD for what is not UTF-8.
  // Ids the tokenizer does not have (a model's padding rows) give nothing, as in the library.
  std::string decode(std::span<const std::int64_t> ids, bool skip_special) const;

  // Whether decode() leaves out the space that bytes() of this token begin with, where the token is the first.
  bool strips_space(std::int64_t id) const;

  // Looks a token up by its content ("<|im_end|>") or by its spelling in the vocabulary ("Ġthe").
  std::optional<std::int64_t> id(std::string_view token_text) const;

  bool is_special(std::int64_t id) const;

  // Tokens of the vocabulary and added tokens together; a model's embedding may have more rows.
  std::size_t size() const;

 private:
  std::shared_ptr<const Implementation> implementation_;
};

}  // namespace ocellus::models
