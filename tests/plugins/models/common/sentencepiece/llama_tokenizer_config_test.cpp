#include "plugins/models/common/sentencepiece/llama_tokenizer_config.hpp"

#include <gmock/gmock.h>

#include "plugins/models/common/sentencepiece/llama_tokenizer.hpp"
#include "tests/plugins/models/common/sentencepiece/hand_made.hpp"
#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;

LlamaTokenizerConfig read(const LlamaTokenizerFiles& files) {
  return read_llama_tokenizer_config(files, parse_sentencepiece_model(model_file({{"a", 0}, {"b", 0}}), ""), "m/");
}

std::string refusal(const std::string& config) {
  return complaint([&] { read({.tokenizer_config = config}); });
}

TEST(LlamaTokenizerConfig, HasTheDefaultsOfItsClass) {
  const auto config = read({});
  EXPECT_TRUE(config.legacy);
  EXPECT_TRUE(config.add_bos);
  EXPECT_FALSE(config.add_eos);
  EXPECT_TRUE(config.add_prefix_space);
  EXPECT_EQ(config.bos, "<s>");
  ASSERT_EQ(config.tokens.size(), 3u);
  EXPECT_EQ(config.tokens[0].content, "<unk>");
  EXPECT_TRUE(config.tokens[2].special);
  EXPECT_TRUE(read({.tokenizer_config = R"({"legacy":null})"}).legacy);
  EXPECT_FALSE(read({.tokenizer_config = R"({"add_prefix_space":null})"}).add_prefix_space);
}

TEST(LlamaTokenizerConfig, NumbersTokensWithoutAnId) {
  const auto config = read({.tokenizer_config = R"({"pad_token":"<pad>","additional_special_tokens":["b","<x>"]})"});
  ASSERT_EQ(config.tokens.size(), 6u);
  EXPECT_EQ(config.tokens[3].content, "b");  // a piece keeps its id
  EXPECT_EQ(config.tokens[3].id, 4u);
  EXPECT_EQ(config.tokens[4].content, "<pad>");
  EXPECT_EQ(config.tokens[4].id, 5u);
  EXPECT_EQ(config.tokens[5].id, 6u);
}

TEST(LlamaTokenizerConfig, ReadsOldFilesOnlyWithoutADecoder) {
  const LlamaTokenizerFiles old{R"({})", R"({"eos_token":{"content":"b"}})", R"({"<x>":7})"};
  EXPECT_EQ(read(old).eos, "b");
  EXPECT_EQ(read(old).tokens.back().id, 7u);
  LlamaTokenizerFiles both = old;
  both.tokenizer_config = R"({"added_tokens_decoder":{}})";
  EXPECT_EQ(read(both).eos, "</s>");
}

TEST(LlamaTokenizerConfig, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(refusal("{"), AllOf(HasSubstr("m/tokenizer_config.json"), HasSubstr("JSON object")));
  EXPECT_THAT(refusal("[]"), HasSubstr("JSON object"));
  EXPECT_THAT(refusal(R"({"tokenizer_class":"T5Tokenizer"})"), HasSubstr("'T5Tokenizer'"));
  EXPECT_THAT(refusal(R"({"legacy":1})"), HasSubstr("legacy"));
  EXPECT_THAT(refusal(R"({"split_special_tokens":true})"), HasSubstr("split_special_tokens"));
  EXPECT_THAT(refusal(R"({"sp_model_kwargs":{"enable_sampling":true}})"), HasSubstr("sp_model_kwargs"));
  EXPECT_THAT(refusal(R"({"bos_token":null})"), HasSubstr("no bos_token"));
  EXPECT_THAT(refusal(R"({"add_eos_token":true,"eos_token":null})"), HasSubstr("no eos_token"));
  EXPECT_THAT(refusal(R"({"bos_token":7})"), HasSubstr("bos_token"));
  EXPECT_THAT(refusal(R"({"added_tokens_decoder":{"x":{"content":"y"}}})"), HasSubstr("'x' is not a token id"));
  EXPECT_THAT(refusal(R"({"added_tokens_decoder":{"9":{"content":"y","single_word":true}}})"),
              HasSubstr("single_word"));
  EXPECT_THAT(refusal(R"({"added_tokens_decoder":{"9":{"content":""}}})"), HasSubstr("no content"));
  EXPECT_THAT(refusal(R"({"added_tokens_decoder":{"9":{"content":"y"},"8":{"content":"y"}}})"),
              HasSubstr("'y' has two ids"));
}

TEST(LlamaTokenizerFolder, NamesTheMissingFile) {
  const TemporaryFolder folder;
  EXPECT_THAT(complaint([&] { load_llama_tokenizer(folder.path()); }), HasSubstr("tokenizer.model cannot be read"));
}

}  // namespace
}  // namespace ocellus::models
