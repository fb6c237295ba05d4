// From the spellings of tokens back to text: what the `decoder` of tokenizer.json says.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ocellus::models {

class Decoder {
 public:
  virtual ~Decoder() = default;
  // The bytes of one token inside a text: possibly only a part of a character, and nothing is taken off its beginning.
  virtual std::string bytes(const std::string& token) const = 0;
  // The text of all tokens: UTF-8, with U+FFFD for what is not.
  virtual std::string text(std::span<const std::string* const> tokens) const = 0;
};

// Tokens in the byte-level alphabet; what is not wholly in it stays as it is, the library treats added tokens no
// differently.
class ByteLevelDecoder final : public Decoder {
 public:
  std::string bytes(const std::string& token) const override;
  std::string text(std::span<const std::string* const> tokens) const override;
};

// The steps of a SentencePiece model's decoder: Replace, ByteFallback, Fuse, Strip.
class SentencePieceDecoder final : public Decoder {
 public:
  struct Steps {
    std::vector<std::pair<std::string, std::string>> replacements;  // in each token, in order
    bool byte_fallback;                                             // "<0x0A>" is a byte
    std::string stripped;  // one such character is taken off the beginning of the whole text; empty: none
  };
  explicit SentencePieceDecoder(Steps steps) : steps_(std::move(steps)) {}

  std::string bytes(const std::string& token) const override;
  std::string text(std::span<const std::string* const> tokens) const override;

 private:
  Steps steps_;
};

// Metaspace: a visible character stands for a space.
class MetaspaceDecoder final : public Decoder {
 public:
  // `strips`: the spaces of the first token are left out.
  MetaspaceDecoder(std::string replacement, bool strips) : replacement_(std::move(replacement)), strips_(strips) {}

  std::string bytes(const std::string& token) const override;
  std::string text(std::span<const std::string* const> tokens) const override;

 private:
  std::string replacement_;
  bool strips_;
};

// WordPiece: a space before every token but the first and those that continue a word.
class WordPieceDecoder final : public Decoder {
 public:
  // `cleanup`: spaces before punctuation and English contractions are left out.
  WordPieceDecoder(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {}

  std::string bytes(const std::string& token) const override;
  std::string text(std::span<const std::string* const> tokens) const override;

 private:
  std::string cleaned(std::string text) const;

  std::string prefix_;
  bool cleanup_;
};

}  // namespace ocellus::models
