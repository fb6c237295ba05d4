#include "plugins/models/common/tokenizer/decoder.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

#include "plugins/models/common/tokenizer/byte_level.hpp"
#include "plugins/models/common/tokenizer/byte_token.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t begin = 0;
  for (std::size_t at; (at = text.find(from, begin)) != text.npos; begin = at + from.size())
    result.append(text.substr(begin, at - begin)).append(to);
  return result.append(text.substr(begin));
}

std::string replaced(std::string text, const std::vector<std::pair<std::string, std::string>>& rules) {
  for (const auto& [from, to] : rules) text = replaced(text, from, to);
  return text;
}

}  // namespace

std::string ByteLevelDecoder::bytes(const std::string& token) const {
  return byte_level::unspell(token).value_or(token);
}

std::string ByteLevelDecoder::text(std::span<const std::string* const> tokens) const {
  std::string joined;
  for (const std::string* token : tokens) joined += bytes(*token);
  return replace_invalid_utf8(joined);
}

std::string SentencePieceDecoder::bytes(const std::string& token) const {
  std::string text = replaced(token, steps_.replacements);
  const std::optional<char> byte = steps_.byte_fallback ? byte_of_token(text) : std::nullopt;
  return byte ? std::string(1, *byte) : text;
}

std::string SentencePieceDecoder::text(std::span<const std::string* const> tokens) const {
  std::string joined;
  // A run of byte tokens is text as a whole or, byte by byte, nothing that can be read.
  std::string run;
  const auto end_run = [&] {
    if (!first_invalid_utf8(run)) {
      joined += run;
    } else {
      for (std::size_t i = 0; i < run.size(); ++i) joined += "\xEF\xBF\xBD";
    }
    run.clear();
  };
  for (const std::string* token : tokens) {
    std::string text = replaced(*token, steps_.replacements);
    if (const auto byte = steps_.byte_fallback ? byte_of_token(text) : std::nullopt) {
      run += *byte;
    } else {
      end_run();
      joined += text;
    }
  }
  end_run();
  if (!steps_.stripped.empty() && joined.starts_with(steps_.stripped)) joined.erase(0, steps_.stripped.size());
  return joined;
}

std::string MetaspaceDecoder::bytes(const std::string& token) const {
  return replaced(token, replacement_, " ");
}

std::string MetaspaceDecoder::text(std::span<const std::string* const> tokens) const {
  std::string joined;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    joined += i == 0 && strips_ ? replaced(*tokens[i], replacement_, "") : bytes(*tokens[i]);
  }
  return joined;
}

std::string WordPieceDecoder::cleaned(std::string text) const {
  if (!cleanup_) return text;
  static const std::vector<std::pair<std::string, std::string>> rules = {
      {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},   {" n't", "n't"},
      {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  return replaced(std::move(text), rules);
}

std::string WordPieceDecoder::bytes(const std::string& token) const {
  return cleaned(token.starts_with(prefix_) ? token.substr(prefix_.size()) : " " + token);
}

std::string WordPieceDecoder::text(std::span<const std::string* const> tokens) const {
  std::string joined;
  for (std::size_t i = 0; i < tokens.size(); ++i) joined += i == 0 ? cleaned(*tokens[i]) : bytes(*tokens[i]);
  return joined;
}

}  // namespace ocellus::models
