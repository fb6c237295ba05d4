#include "plugins/models/common/tokenizer/pipeline.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace ocellus::models {
namespace {

std::vector<ByteRange> split_all(const std::vector<Split>& splits, std::string_view text, ByteRange whole) {
  std::vector<ByteRange> pieces = {whole};
  for (const Split& split : splits) {
    std::vector<ByteRange> finer;
    for (const ByteRange& piece : pieces) split(text.substr(piece.begin, piece.end - piece.begin), piece.begin, finer);
    pieces = std::move(finer);
  }
  return pieces;
}

// Collects the tokens of one text.
class Encoding {
 public:
  Encoding(const Pipeline& pipeline, std::string_view text) : pipeline_(pipeline), text_(text) {}

  void add_token(std::uint32_t id, ByteRange range, std::string_view spelling) {
    Token token{id, range.begin, range.end};
    if (pipeline_.post_processor.trim) pipeline_.post_processor.trim->apply(text_, spelling, tokens_.empty(), token);
    tokens_.push_back(token);
  }

  // Ordinary normalised text [begin, end) of `section`.
  void add_text(const AlignedText& section, ByteRange range) {
    const PreTokenizer& pre_tokenizer = pipeline_.pre_tokenizer;
    for (const ByteRange& piece : split_all(pre_tokenizer.splits, section.text(), range)) {
      if (!pre_tokenizer.respell) {
        add_piece(section, piece);
        continue;
      }
      const AlignedText spelt = pre_tokenizer.respell(section.section(piece.begin, piece.end));
      for (const ByteRange& word : split_all(pre_tokenizer.respelt_splits, spelt.text(), {0, spelt.text().size()}))
        add_piece(spelt, word);
    }
  }

  std::vector<Token> take() { return std::move(tokens_); }

 private:
  void add_piece(const AlignedText& text, ByteRange piece) {
    symbols_.clear();
    const std::string_view characters = text.text().substr(piece.begin, piece.end - piece.begin);
    std::visit([&](const auto& model) { model.encode(characters, symbols_); }, pipeline_.model);
    const bool trims = pipeline_.post_processor.trim.has_value();
    for (const Symbol& symbol : symbols_) {
      add_token(symbol.id, text.origin(piece.begin + symbol.begin, piece.begin + symbol.end),
                trims ? std::string_view(*pipeline_.vocabulary().token(symbol.id)) : std::string_view());
    }
  }

  const Pipeline& pipeline_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<Symbol> symbols_;  // of one piece; kept for its memory
};

}  // namespace

std::vector<Token> Pipeline::encode(std::string_view text) const {
  Encoding encoding(*this, text);
  for (const TokenFinder::Section& raw : added_tokens.in_raw_text().split(text)) {
    const std::string_view raw_text = text.substr(raw.begin, raw.end - raw.begin);
    if (raw.id) {
      encoding.add_token(*raw.id, {raw.begin, raw.end}, raw_text);
      continue;
    }
    AlignedText section(raw_text, raw.begin);
    for (const Normalizer& normalize : normalizers) section = normalize(std::move(section));
    for (const TokenFinder::Section& found : added_tokens.in_normalized_text().split(section.text())) {
      if (found.id) {
        encoding.add_token(*found.id, section.origin(found.begin, found.end),
                           section.text().substr(found.begin, found.end - found.begin));
      } else {
        encoding.add_text(section, {found.begin, found.end});
      }
    }
  }
  return encoding.take();
}

}  // namespace ocellus::models
