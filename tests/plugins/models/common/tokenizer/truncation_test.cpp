// Cutting to a length as the library does it (tools/fixtures/question_tokenizer.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {
namespace {

const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / "question_tokenizer";

TEST(Truncation, EqualsTheLibrary) {
  std::map<std::string, Tokenizer> tokenizers;
  std::ifstream file(data / "truncation.jsonl");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const nlohmann::json expected = nlohmann::json::parse(line);
    const std::string name = expected.at("tokenizer");
    const Tokenizer& tokenizer = tokenizers.try_emplace(name, Tokenizer::load(data / name)).first->second;
    std::vector<std::int64_t> ids;
    for (const Token& token :
         tokenizer.encode(expected.at("text").get<std::string>(), true, expected.at("max_length").get<std::size_t>()))
      ids.push_back(token.id);
    EXPECT_EQ(ids, expected.at("ids").get<std::vector<std::int64_t>>()) << line;
  }
  EXPECT_GE(count, 80u);
}

TEST(Truncation, WithoutSpecialTokensAllPlacesAreTheTexts) {
  const Tokenizer tokenizer = Tokenizer::load(data / "bert_uncased");
  EXPECT_EQ(tokenizer.encode("? ? ? ?", false, 3).size(), 3u);
  EXPECT_TRUE(tokenizer.encode("? ? ? ?", false, 0).empty());
}

TEST(Truncation, SpecialTokensMustHavePlace) {
  const Tokenizer tokenizer = Tokenizer::load(data / "bert_uncased");
  try {
    tokenizer.encode("?", true, 1);
    FAIL() << "encoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    EXPECT_THAT(error.what(), testing::HasSubstr("at most 1 tokens has no place for the 2 special ones"));
  }
}

}  // namespace
}  // namespace ocellus::models
