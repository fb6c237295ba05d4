// Properties that hold for every text.
#include <gtest/gtest.h>
// after gtest
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "plugins/models/common/sentencepiece/llama_tokenizer.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

const Tokenizer& tokenizer(bool legacy) {
  static const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / "sentencepiece";
  static const Tokenizer with = load_llama_tokenizer(data / "legacy"),
                         without = load_llama_tokenizer(data / "not_legacy");
  return legacy ? with : without;
}

// Code points of all planes, more of those that meet in text. No "<", with which added tokens begin, and no "▁", which
// is a space to the model.
std::string plain_text() {
  const auto code_point =
      rc::gen::weightedOneOf<std::uint32_t>({{6, rc::gen::inRange<std::uint32_t>(0x20, 0x3C)},
                                             {6, rc::gen::inRange<std::uint32_t>(0x3D, 0x80)},
                                             {2, rc::gen::inRange<std::uint32_t>(0, 0x20)},
                                             {3, rc::gen::inRange<std::uint32_t>(0x80, 0x2580)},
                                             {2, rc::gen::inRange<std::uint32_t>(0x2582, 0xD800)},
                                             {1, rc::gen::inRange<std::uint32_t>(0xE000, 0x110000)}});
  std::string text;
  for (const std::uint32_t c : *rc::gen::container<std::vector<std::uint32_t>>(code_point)) append_utf8(text, c);
  return text;
}

RC_GTEST_PROP(LlamaTokenizerRoundTrip, TheBytesOfAllTokensAreThePrefixAndTheText, (bool legacy)) {
  const std::string text = plain_text();
  std::string bytes;
  for (const Token& token : tokenizer(legacy).encode(text, false)) bytes += tokenizer(legacy).bytes(token.id);
  RC_ASSERT(bytes == (text.empty() ? text : " " + text));
}

RC_GTEST_PROP(LlamaTokenizerRoundTrip, DecodingGivesTheTextBack, ()) {
  const std::string text = plain_text();
  RC_PRE(!text.starts_with(' '));  // the reference takes such a space for the prefix once more
  std::vector<std::int64_t> ids;
  for (const Token& token : tokenizer(false).encode(text, false)) ids.push_back(token.id);
  RC_ASSERT(tokenizer(false).decode(ids, false) == text);
}

RC_GTEST_PROP(LlamaTokenizerRoundTrip, OffsetsGoForwardOverTheWholeText, (bool legacy)) {
  const std::string text = plain_text();
  RC_PRE(!text.empty());
  const auto tokens = tokenizer(legacy).encode(text, false);
  std::size_t covered = 0;
  for (const Token& token : tokens) {
    RC_ASSERT(token.begin <= covered && token.end >= covered && token.end <= text.size());
    covered = token.end;
  }
  RC_ASSERT(covered == text.size());
}

}  // namespace
}  // namespace ocellus::models
