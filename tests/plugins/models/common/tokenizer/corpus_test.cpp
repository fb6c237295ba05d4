// Every string of the corpora against what the `tokenizers` library made of it (tools/fixtures/tokenizer.py and
// question_tokenizer.py).
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {
namespace {

struct Corpus {
  const char* name;
  const char* folder;
  const char* cases;
  std::size_t least;  // cases that the file has at least
};

class TokenizerCorpus : public testing::TestWithParam<Corpus> {};

TEST_P(TokenizerCorpus, EqualsTheLibrary) {
  const std::filesystem::path data = OCELLUS_TEST_DATA;
  const Tokenizer tokenizer = Tokenizer::load(data / GetParam().folder);
  std::ifstream file(data / GetParam().cases);
  std::string line;
  std::getline(file, line);  // versions
  std::size_t count = 0;
  while (std::getline(file, line)) {
    const nlohmann::json expected = nlohmann::json::parse(line);
    const std::string text = expected.at("text");
    std::vector<std::int64_t> ids;
    std::vector<std::size_t> offsets;
    for (const Token& token : tokenizer.encode(text, true)) {
      ids.push_back(token.id);
      offsets.insert(offsets.end(), {token.begin, token.end});
    }
    EXPECT_EQ(ids, expected.at("ids").get<std::vector<std::int64_t>>()) << line;
    EXPECT_EQ(offsets, expected.at("offsets").get<std::vector<std::size_t>>()) << line;
    EXPECT_EQ(tokenizer.decode(ids, false), expected.at("decoded").get<std::string>()) << line;
    EXPECT_EQ(tokenizer.decode(ids, true), expected.at("decoded_without_special").get<std::string>()) << line;
    ++count;
  }
  EXPECT_GE(count, GetParam().least);
}

INSTANTIATE_TEST_SUITE_P(
    , TokenizerCorpus,
    testing::Values(
        Corpus{"MergesAsPairs", "tokenizer/pairs", "tokenizer/qwen.jsonl", 650},
        Corpus{"MergesAsStringsAndTokensFromConfig", "tokenizer/strings", "tokenizer/qwen.jsonl", 650},
        Corpus{"IgnoreMergesOwnRegexTemplate", "tokenizer/whole", "tokenizer/whole.jsonl", 100},
        Corpus{"LlamaPrepends", "tokenizer/llama", "tokenizer/llama.jsonl", 290},
        Corpus{"LlamaMetaspaceFirst", "tokenizer/metaspace", "tokenizer/metaspace.jsonl", 140},
        Corpus{"LlamaMetaspaceWords", "tokenizer/words", "tokenizer/words.jsonl", 140},
        Corpus{"LlamaUnknownTokens", "tokenizer/unknown", "tokenizer/unknown.jsonl", 140},
        Corpus{"T5", "question_tokenizer/t5", "question_tokenizer/t5.jsonl", 270},
        Corpus{"T5ConvertedByteFallback", "question_tokenizer/t5_converted", "question_tokenizer/t5_converted.jsonl",
               170},
        Corpus{"BertUncased", "question_tokenizer/bert_uncased", "question_tokenizer/bert_uncased.jsonl", 170},
        Corpus{"BertCased", "question_tokenizer/bert_cased", "question_tokenizer/bert_cased.jsonl", 170},
        Corpus{"BertFolderWithoutJson", "question_tokenizer/bert_folder", "question_tokenizer/bert_folder.jsonl", 100},
        Corpus{"Roberta", "question_tokenizer/roberta", "question_tokenizer/roberta.jsonl", 130}),
    [](const auto& instance) { return instance.param.name; });

TEST(TokenizerTemplate, SurroundsTheTextOnlyOnRequest) {
  const Tokenizer tokenizer = Tokenizer::load(std::filesystem::path(OCELLUS_TEST_DATA) / "tokenizer" / "whole");
  EXPECT_EQ(tokenizer.encode("", true).size(), 2u);
  EXPECT_TRUE(tokenizer.encode("", false).empty());
  EXPECT_EQ(tokenizer.encode("", true)[0].id, tokenizer.id("<s>"));
  EXPECT_EQ(tokenizer.encode("", true)[1].id, tokenizer.id("</s>"));
}

TEST(TokenizerLookup, SmallestOfTheFuzzer) {
  const Tokenizer tokenizer = Tokenizer::load(std::filesystem::path(OCELLUS_TEST_DATA) / "tokenizer" / "smallest");
  EXPECT_EQ(tokenizer.size(), 267u);
  EXPECT_EQ(tokenizer.id("<mask>"), 266);
}

TEST(TokenizerLookup, ByContentAndBySpelling) {
  const Tokenizer tokenizer = Tokenizer::load(std::filesystem::path(OCELLUS_TEST_DATA) / "tokenizer" / "pairs");
  const std::int64_t end = tokenizer.id("<|im_end|>").value();
  EXPECT_TRUE(tokenizer.is_special(end));
  EXPECT_EQ(tokenizer.bytes(end), "<|im_end|>");
  EXPECT_FALSE(tokenizer.is_special(tokenizer.id("<tool_call>").value()));
  EXPECT_EQ(tokenizer.bytes(tokenizer.id("Ġ").value()), " ");
  EXPECT_EQ(tokenizer.bytes(tokenizer.id("é").value()), "\xE9");
  EXPECT_FALSE(tokenizer.id("no such token"));
  EXPECT_FALSE(tokenizer.is_special(-1));
  EXPECT_EQ(tokenizer.size(), 1515u);
  EXPECT_EQ(tokenizer.bytes(1514), "<n both>");
}

TEST(TokenizerSpace, IsLeftOutWhereTheDecoderStripsIt) {
  const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / "tokenizer";
  const Tokenizer llama = Tokenizer::load(data / "llama");
  EXPECT_TRUE(llama.strips_space(llama.id("\xE2\x96\x81").value()));   // "▁", a space alone
  EXPECT_TRUE(llama.strips_space(llama.id("\xE2\x96\x81i").value()));  // one that begins a word
  EXPECT_TRUE(llama.strips_space(llama.id("<0x20>").value()));         // spelt as a byte
  EXPECT_FALSE(llama.strips_space(llama.id("i").value()));
  EXPECT_FALSE(llama.strips_space(llama.id("<0x0A>").value()));
  EXPECT_FALSE(llama.strips_space(llama.id("</s>").value()));
  EXPECT_FALSE(llama.strips_space(-1));
  const Tokenizer qwen = Tokenizer::load(data / "pairs");
  EXPECT_EQ(qwen.bytes(qwen.id("Ġ").value()), " ");
  EXPECT_FALSE(qwen.strips_space(qwen.id("Ġ").value()));
}

TEST(TokenizerSpace, OfQuestionTokenizers) {
  const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / "question_tokenizer";
  const Tokenizer t5 = Tokenizer::load(data / "t5");
  const std::int64_t word = t5.id("\xE2\x96\x81"
                                  "a")
                                .value();
  EXPECT_EQ(t5.bytes(word), " a");
  EXPECT_TRUE(t5.strips_space(word));
  EXPECT_FALSE(t5.strips_space(t5.id("a").value()));
  EXPECT_TRUE(t5.is_special(t5.id("</s>").value()));
  EXPECT_EQ(t5.size(), t5.id("<extra_id_2>").value() + 1u);
  const Tokenizer bert = Tokenizer::load(data / "bert_uncased");
  EXPECT_EQ(bert.bytes(bert.id("##a").value()), "a");
  EXPECT_EQ(bert.bytes(bert.id("a").value()), " a");
  EXPECT_EQ(bert.bytes(bert.id("?").value()), "?");  // no space before punctuation
  EXPECT_TRUE(bert.strips_space(bert.id("a").value()));
  EXPECT_FALSE(bert.strips_space(bert.id("##a").value()));
  EXPECT_FALSE(bert.strips_space(bert.id("?").value()));
}

}  // namespace
}  // namespace ocellus::models
