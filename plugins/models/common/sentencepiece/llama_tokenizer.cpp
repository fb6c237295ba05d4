#include "plugins/models/common/sentencepiece/llama_tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "plugins/models/common/sentencepiece/segmenter.hpp"
#include "plugins/models/common/tokenizer/aligned_text.hpp"
#include "plugins/models/common/tokenizer/tokenizer_file.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

using Kind = SentencePiece::Kind;

constexpr std::string_view underline = "\xE2\x96\x81";  // "▁"

// Python's str.isspace.
bool is_space(char32_t c) {
  return (c >= 0x9 && c <= 0xD) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Text in the making, with the range of the caller's text that each of its bytes comes from.
struct Spelling {
  std::string text;
  std::vector<ByteRange> origins;

  void append(std::string_view bytes, ByteRange origin) {
    text += bytes;
    origins.insert(origins.end(), bytes.size(), origin);
  }
};

// The first spaces of [begin, end) left out.
std::size_t skip_spaces(std::string_view text, std::size_t begin, std::size_t end) {
  while (begin < end) {
    const Utf8Unit unit = read_utf8(text, begin);
    if (!is_space(unit.code_point)) break;
    begin += unit.length;
  }
  return begin;
}

// The last spaces of [begin, end) left out.
std::size_t skip_spaces_back(std::string_view text, std::size_t begin, std::size_t end) {
  while (end > begin) {
    std::size_t last = end - 1;
    while (is_utf8_continuation(text[last])) --last;
    if (!is_space(read_utf8(text, last).code_point)) break;
    end = last;
  }
  return end;
}

std::string with_spaces(std::string_view spelling) {
  std::string text;
  for (std::size_t at = 0; at < spelling.size();) {
    const bool space = spelling.substr(at).starts_with(underline);
    space ? text += ' ' : text += spelling[at];
    at += space ? underline.size() : 1;
  }
  return text;
}

class LlamaTokenizer final : public Tokenizer::Implementation {
 public:
  LlamaTokenizer(SentencePieceModel model, LlamaTokenizerConfig config)
      : segmenter_(std::move(model)), config_(std::move(config)) {
    for (std::size_t i = 0; i < config_.tokens.size(); ++i) {
      const AddedToken& token = config_.tokens[i];
      by_id_.emplace(token.id, i);
      by_content_.emplace(token.content, i);
      AddedToken bare = token;
      bare.lstrip = bare.rstrip = false;  // white space is taken off below, by Python's rules
      finder_.add(token.content, bare);
    }
    const auto unknown = added(segmenter_.unknown());
    const std::string& text = unknown ? unknown->content : segmenter_.piece(segmenter_.unknown()).text;
    shield_ = text;
    std::vector<Symbol> pieces;
    segmenter_.encode(with_underlines(text), pieces);
    shield_size_ = pieces.size();
    if (config_.add_bos) special_tokens_.before.push_back(*id(config_.bos));
    if (config_.add_eos) special_tokens_.after.push_back(*id(config_.eos));
  }

  std::vector<Token> encode(std::string_view text) const override {
    const Spelling prompt = spell(text);
    std::vector<Token> tokens;
    if (!prompt.text.empty()) {
      const auto sections = split(prompt.text);
      for (std::size_t i = 0; i < sections.size(); ++i) {
        if (is_lone_prefix(sections, i, tokens)) tokens.clear();
        if (sections[i].id) {
          tokens.push_back(place(*sections[i].id, prompt, sections[i].begin, sections[i].end));
        } else {
          encode_section(prompt, sections[i].begin, sections[i].end, tokens);
        }
      }
    }
    return tokens;
  }

  const SpecialTokens& special_tokens() const override { return special_tokens_; }

  std::optional<std::string> bytes(std::int64_t id) const override {
    if (const AddedToken* token = added(id)) return token->content;
    if (!is_piece(id)) return std::nullopt;
    const SentencePiece& piece = segmenter_.piece(static_cast<std::uint32_t>(id));
    if (piece.kind == Kind::control) return std::string();
    if (piece.kind == Kind::byte) return std::string(1, byte_of(piece));
    return with_spaces(piece.text);
  }

  // transformers' _decode and convert_tokens_to_string: some added tokens stand apart, with spaces around them.
  std::string decode(std::span<const std::int64_t> ids, bool skip_special) const override {
    std::vector<std::string> parts, run;
    const auto close = [&](bool keep_empty) {
      if (run.empty()) return;
      std::string text = join(run);
      if (keep_empty || !text.empty()) parts.push_back(std::move(text));
      run.clear();
    };
    for (const std::int64_t id : ids) {
      if (skip_special && is_special(id)) continue;
      const AddedToken* const token = added(id);
      if (token == nullptr && !is_piece(id)) continue;
      if (token != nullptr && stands_apart(*token)) {
        close(false);
        parts.push_back(token->content);
      } else {
        run.push_back(token != nullptr ? token->content : segmenter_.piece(static_cast<std::uint32_t>(id)).text);
      }
    }
    close(true);
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? " " : "") + parts[i];
    return text;
  }

  std::optional<std::int64_t> id(std::string_view token_text) const override {
    const auto found = by_content_.find(token_text);
    if (found != by_content_.end()) return config_.tokens[found->second].id;
    return segmenter_.id(token_text);
  }

  bool is_special(std::int64_t id) const override {
    const AddedToken* const token = added(id);
    return token != nullptr && token->special;
  }

  std::size_t size() const override {
    std::size_t count = segmenter_.model().pieces.size();
    for (const AddedToken& token : config_.tokens) count += token.id < segmenter_.model().pieces.size() ? 0 : 1;
    return count;
  }

 private:
  const AddedToken* added(std::int64_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &config_.tokens[found->second];
  }
  // An added token that is not special, or one of additional_special_tokens that is no piece.
  bool stands_apart(const AddedToken& token) const {
    return !token.special || (config_.additional.contains(token.content) && !is_piece(token.id));
  }
  bool is_piece(std::int64_t id) const {
    return id >= 0 && id < static_cast<std::int64_t>(segmenter_.model().pieces.size());
  }
  static char byte_of(const SentencePiece& piece) {
    return static_cast<char>(std::stoul(piece.text.substr(3, 2), nullptr, 16));
  }
  static Token place(std::uint32_t id, const Spelling& prompt, std::size_t begin, std::size_t end) {
    return {id, prompt.origins[begin].begin, prompt.origins[end - 1].end};
  }
  static std::string with_underlines(std::string_view text) {
    std::string spelling;
    for (const char c : text) c == ' ' ? spelling += underline : spelling += c;
    return spelling;
  }

  // The text in which added tokens are looked for.
  Spelling spell(std::string_view text) const {
    Spelling prompt;
    if (!config_.legacy && !text.empty() && config_.add_prefix_space) prompt.append(underline, {0, 0});
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = read_utf8(text, at).length;
      const std::string_view character = text.substr(at, size);
      prompt.append(!config_.legacy && character == underline ? " " : character, {at, at + size});
      at += size;
    }
    return prompt;
  }

  // Added tokens with lstrip and rstrip take the white space beside them; sections may become empty and are left out.
  std::vector<TokenFinder::Section> split(std::string_view text) const {
    std::vector<TokenFinder::Section> sections = finder_.split(text);
    for (std::size_t i = 0; i < sections.size(); ++i) {
      if (!sections[i].id) continue;
      const AddedToken& token = *added(*sections[i].id);
      if (token.rstrip && i + 1 < sections.size() && !sections[i + 1].id)
        sections[i + 1].begin = skip_spaces(text, sections[i + 1].begin, sections[i + 1].end);
      if (token.lstrip && i > 0 && !sections[i - 1].id)
        sections[i - 1].end = skip_spaces_back(text, sections[i - 1].begin, sections[i - 1].end);
    }
    std::erase_if(sections, [](const TokenFinder::Section& section) { return section.begin >= section.end; });
    return sections;
  }

  void encode_section(const Spelling& prompt, std::size_t begin, std::size_t end, std::vector<Token>& tokens) const {
    const std::string_view text = std::string_view(prompt.text).substr(begin, end - begin);
    const ByteRange start{prompt.origins[begin].begin, prompt.origins[begin].begin};
    Spelling section;
    std::size_t dropped = 0;
    if (config_.legacy) {
      if (segmenter_.model().add_dummy_prefix) section.append(underline, start);
    } else if (text.starts_with(underline) || text.starts_with(' ')) {
      // The reference's own way: it encodes a token before the text and drops as many pieces as that has by itself.
      section.append(with_underlines(shield_), start);
      dropped = shield_size_;
    }
    for (std::size_t i = 0; i < text.size(); ++i)
      section.append(text[i] == ' ' ? underline : text.substr(i, 1), prompt.origins[begin + i]);
    std::vector<Symbol> pieces;
    segmenter_.encode(section.text, pieces);
    if (pieces.size() < dropped) dropped = 0;
    for (std::size_t i = dropped; i < pieces.size(); ++i) {
      const Symbol& piece = pieces[i];
      // A piece that is spelt like an added token is that token.
      const auto same =
          segmenter_.piece(piece.id).kind == Kind::byte
              ? by_content_.end()
              : by_content_.find(std::string_view(section.text).substr(piece.begin, piece.end - piece.begin));
      const std::uint32_t id = same == by_content_.end() ? piece.id : config_.tokens[same->second].id;
      tokens.push_back(place(id, section, piece.begin, piece.end));
    }
  }

  // A "▁" before a special token that begins the prompt is dropped, whether it is the prefix or a space of the prompt.
  bool is_lone_prefix(const std::vector<TokenFinder::Section>& sections, std::size_t section,
                      const std::vector<Token>& tokens) const {
    return !config_.legacy && section == 1 && sections[1].id && is_special(*sections[1].id) && tokens.size() == 1 &&
           !sections[0].id && tokens[0].id == id(underline);
  }

  // The text of tokens, none of which is an added one that is not special.
  std::string join(std::vector<std::string> tokens) const {
    if (tokens[0].starts_with(underline) && config_.add_prefix_space) tokens[0].erase(0, underline.size());
    std::string text;
    std::vector<std::string> run;
    bool after_special = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto token = by_content_.find(tokens[i]);
      if (token != by_content_.end() && config_.tokens[token->second].special) {
        if (!after_special && i != 0 && config_.legacy) text += ' ';
        text += join_pieces(run) + tokens[i];
        after_special = true;
        run.clear();
        continue;
      }
      if (after_special && i == 1 && config_.add_prefix_space && !tokens[i].starts_with(underline)) text += ' ';
      run.push_back(std::move(tokens[i]));
      after_special = false;
    }
    return text + join_pieces(run);
  }

  // SentencePiece's own decoding of spellings.
  std::string join_pieces(const std::vector<std::string>& spellings) const {
    const bool has_prefix = config_.legacy && segmenter_.model().add_dummy_prefix;
    std::string text, bytes;
    bool at_beginning = true;
    const auto flush = [&] {
      text += replace_each_invalid_byte(bytes);
      bytes.clear();
    };
    for (std::string_view spelling : spellings) {
      const std::uint32_t id = segmenter_.id(spelling).value_or(segmenter_.unknown());
      const SentencePiece& piece = segmenter_.piece(id);
      if (piece.kind == Kind::byte) {
        bytes += byte_of(piece);
        at_beginning = false;
        continue;
      }
      flush();
      bool took_prefix = false;
      const std::size_t before = text.size();
      if (piece.kind == Kind::unknown) {
        text += spelling == piece.text ? " \xE2\x81\x87 " : spelling;
      } else if (piece.kind != Kind::control) {
        took_prefix = at_beginning && has_prefix && spelling.starts_with(underline);
        text += with_spaces(took_prefix ? spelling.substr(underline.size()) : spelling);
      }
      if (took_prefix || text.size() > before) at_beginning = false;
    }
    flush();
    return text;
  }

  static std::string replace_each_invalid_byte(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
      const Utf8Unit unit = read_utf8(bytes, at);
      text += unit.valid ? bytes.substr(at, unit.length) : std::string_view("\xEF\xBF\xBD");
      at += unit.valid ? unit.length : 1;
    }
    return text;
  }

  Segmenter segmenter_;
  LlamaTokenizerConfig config_;
  SpecialTokens special_tokens_;
  std::map<std::int64_t, std::size_t> by_id_;  // index into config_.tokens
  std::map<std::string, std::size_t, std::less<>> by_content_;
  TokenFinder finder_;
  std::string shield_;  // the unknown token, which is put before texts that begin with a space
  std::size_t shield_size_ = 0;
};

}  // namespace

Tokenizer parse_llama_tokenizer(std::string_view tokenizer_model, const LlamaTokenizerFiles& files,
                                const std::string& where) {
  SentencePieceModel model = parse_sentencepiece_model(tokenizer_model, where + "tokenizer.model");
  LlamaTokenizerConfig config = read_llama_tokenizer_config(files, model, where);
  return Tokenizer(std::make_shared<const LlamaTokenizer>(std::move(model), std::move(config)));
}

Tokenizer load_llama_tokenizer(const std::filesystem::path& model_folder,
                               const std::vector<std::string>& more_special) {
  const auto optional_file = [&](const char* name) {
    std::error_code error;
    return std::filesystem::exists(model_folder / name, error) ? read_tokenizer_file(model_folder / name)
                                                               : std::string();
  };
  return parse_llama_tokenizer(read_tokenizer_file(model_folder / "tokenizer.model"),
                               {optional_file("tokenizer_config.json"), optional_file("special_tokens_map.json"),
                                optional_file("added_tokens.json"), more_special},
                               (model_folder / "").string());
}

}  // namespace ocellus::models
