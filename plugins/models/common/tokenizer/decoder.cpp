#include "plugins/models/common/tokenizer/decoder.hpp"

#include <cstddef>
#include <optional>
#include <utility>

#include "plugins/models/common/tokenizer/byte_level.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {

namespace {

std::string replaced(std::string text, const std::pair<std::string, std::string>& rule) {
  for (std::size_t at = 0; (at = text.find(rule.first, at)) != text.npos; at += rule.second.size())
    text.replace(at, rule.first.size(), rule.second);
  return text;
}

// The byte that "<0x0A>" stands for.
std::optional<char> fallback_byte(std::string_view token) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
  };
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return std::nullopt;
  const int high = digit(token[3]), low = digit(token[4]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

}  // namespace

// What is not wholly in the byte-level alphabet stays as it is; the library treats added tokens no differently.
std::string Decoder::bytes(const std::string& token) const {
  if (byte_level) return byte_level::unspell(token).value_or(token);
  std::string text = token;
  for (const auto& rule : replacements) text = replaced(std::move(text), rule);
  const std::optional<char> byte = byte_fallback ? fallback_byte(text) : std::nullopt;
  return byte ? std::string(1, *byte) : text;
}

std::string Decoder::text(std::span<const std::string* const> tokens) const {
  std::string joined;
  if (byte_level) {
    for (const std::string* token : tokens) joined += bytes(*token);
    return replace_invalid_utf8(joined);
  }
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
    std::string text = *token;
    for (const auto& rule : replacements) text = replaced(std::move(text), rule);
    if (const auto byte = byte_fallback ? fallback_byte(text) : std::nullopt) {
      run += *byte;
    } else {
      end_run();
      joined += text;
    }
  }
  end_run();
  if (!stripped.empty() && joined.starts_with(stripped)) joined.erase(0, stripped.size());
  return joined;
}

}  // namespace ocellus::models
