// Every string of the corpus against what transformers' slow LlamaTokenizer made of it
// (tools/fixtures/sentencepiece.py).
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/sentencepiece/llama_tokenizer.hpp"

namespace ocellus::models {
namespace {

const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / "sentencepiece";

class LlamaTokenizerCorpus : public testing::TestWithParam<const char*> {};

TEST_P(LlamaTokenizerCorpus, EqualsTransformers) {
  const Tokenizer tokenizer = load_llama_tokenizer(data / GetParam());
  std::ifstream file(data / (std::string(GetParam()) + ".jsonl"));
  std::string line;
  std::getline(file, line);  // versions
  std::size_t count = 0;
  while (std::getline(file, line)) {
    const nlohmann::json expected = nlohmann::json::parse(line);
    const std::string text = expected.at("text");
    std::vector<std::int64_t> ids;
    for (const Token& token : tokenizer.encode(text, true)) {
      ids.push_back(token.id);
      EXPECT_LE(token.begin, token.end) << line;
      EXPECT_LE(token.end, text.size()) << line;
    }
    EXPECT_EQ(ids, expected.at("ids").get<std::vector<std::int64_t>>()) << line;
    EXPECT_EQ(tokenizer.decode(ids, false), expected.at("decoded").get<std::string>()) << line;
    EXPECT_EQ(tokenizer.decode(ids, true), expected.at("decoded_without_special").get<std::string>()) << line;
    ++count;
  }
  EXPECT_GE(count, 120u);
}

INSTANTIATE_TEST_SUITE_P(, LlamaTokenizerCorpus,
                         testing::Values("legacy", "not_legacy", "no_prefix", "old_files", "symbols",
                                         "symbols_not_legacy", "bare"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(LlamaTokenizerLookup, ByContentAndBySpelling) {
  const Tokenizer tokenizer = load_llama_tokenizer(data / "legacy");
  EXPECT_EQ(tokenizer.id("<s>"), 1);
  EXPECT_EQ(tokenizer.id("<0x0A>"), 3 + 10);
  EXPECT_EQ(tokenizer.bytes(3 + 0xE9), "\xE9");
  EXPECT_EQ(tokenizer.bytes(2), "</s>");
  EXPECT_EQ(tokenizer.bytes(*tokenizer.id("▁")), " ");
  EXPECT_EQ(tokenizer.id("no such piece"), std::nullopt);
  EXPECT_TRUE(tokenizer.is_special(1));
  EXPECT_FALSE(tokenizer.is_special(3));
  EXPECT_FALSE(tokenizer.is_special(-1));
  EXPECT_EQ(tokenizer.size(), 802u);
  EXPECT_TRUE(tokenizer.is_special(801));
  EXPECT_FALSE(load_llama_tokenizer(data / "not_legacy").is_special(800));
}

TEST(LlamaTokenizerSpace, IsLeftOutWhereDecodingStripsIt) {
  for (const char* name : {"legacy", "not_legacy"}) {
    const Tokenizer tokenizer = load_llama_tokenizer(data / name);
    EXPECT_TRUE(tokenizer.strips_space(tokenizer.id("▁").value())) << name;
    EXPECT_FALSE(tokenizer.strips_space(tokenizer.id("<0x20>").value())) << name;  // a byte is text
    EXPECT_FALSE(tokenizer.strips_space(tokenizer.id("</s>").value())) << name;
    EXPECT_FALSE(tokenizer.strips_space(-1)) << name;
  }
}

TEST(LlamaTokenizerOffsets, AreThoseOfTheText) {
  for (const char* name : {"legacy", "not_legacy"}) {
    const Tokenizer tokenizer = load_llama_tokenizer(data / name);
    const auto tokens = tokenizer.encode("é</s> b", true);
    ASSERT_GE(tokens.size(), 5u);
    EXPECT_EQ(tokens[0].end, 0u);    // BOS
    EXPECT_EQ(tokens[1].begin, 0u);  // the prefix, alone or with é
    const auto end = std::find_if(tokens.begin(), tokens.end(), [](const Token& token) { return token.id == 2; });
    ASSERT_NE(end, tokens.end());
    EXPECT_EQ(end->begin, 2u);
    EXPECT_EQ(end->end, 6u);
    EXPECT_EQ((end - 1)->end, 2u);
    EXPECT_EQ((end + 1)->begin, 6u);
    EXPECT_EQ(tokens.back().end, 8u);
  }
}

}  // namespace
}  // namespace ocellus::models
