// Trained tokenizers of each kind with one thing changed, and BERT folders: refused by name, never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <utility>

#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "tests/plugins/models/common/tokenizer/refusal.hpp"

namespace ocellus::models {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

// A trained tokenizer with one thing changed.
void expect_refused(const char* folder, const Change& change) {
  std::ifstream file(std::filesystem::path(OCELLUS_TEST_DATA) / folder / "tokenizer.json");
  json changed = json::parse(file);
  ASSERT_EQ(refusal(changed.dump()), "");
  change.make(changed);
  EXPECT_THAT(refusal(changed.dump()), AllOf(HasSubstr("folder/tokenizer.json"), HasSubstr(change.named)));
}

class RefusedLlama : public testing::TestWithParam<Change> {};

TEST_P(RefusedLlama, ByName) {
  expect_refused("tokenizer/llama", GetParam());
}

json metaspace(const char* scheme) {
  return {{"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", scheme}, {"split", false}};
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedLlama,
    testing::Values(
        Change{"ReplaceByPattern",
               [](json& j) {
                 j["normalizer"]["normalizers"][1]["pattern"] = {{"Regex", " +"}};
               },
               "'String'"},
        Change{"ReplaceByNothing", [](json& j) { j["normalizer"]["normalizers"][1]["content"] = ""; },
               "leaves characters out"},
        Change{"PrependNothing", [](json& j) { j["normalizer"]["normalizers"][0]["prepend"] = ""; }, "Prepend"},
        Change{"PrependScheme", [](json& j) { j["pre_tokenizer"] = metaspace("last"); }, "prepend_scheme 'last'"},
        Change{"ReplacementOfTwoCharacters",
               [](json& j) {
                 j["pre_tokenizer"] = metaspace("first");
                 j["pre_tokenizer"]["replacement"] = "__";
               },
               "one character"},
        Change{"SplitsWithoutByteLevel",
               [](json& j) {
                 j["pre_tokenizer"] = {
                     {"type", "Split"}, {"pattern", {{"Regex", " "}}}, {"behavior", "Isolated"}, {"invert", false}};
               },
               "without ByteLevel"},
        Change{"UnknownTokenIsUnknown", [](json& j) { j["model"]["unk_token"] = "<what>"; }, "unknown token"},
        Change{"DecoderOrder", [](json& j) { std::swap(j["decoder"]["decoders"][0], j["decoder"]["decoders"][1]); },
               "'Replace'"},
        Change{"StripTwo", [](json& j) { j["decoder"]["decoders"][3]["start"] = 2; }, "one character at the beginning"},
        Change{"StripBeforeFuse", [](json& j) { std::swap(j["decoder"]["decoders"][2], j["decoder"]["decoders"][3]); },
               "not fused"},
        Change{"NoFuse",
               [](json& j) {
                 auto& steps = j["decoder"]["decoders"];
                 steps.erase(3);
                 steps.erase(2);
               },
               "Fuse"}),
    [](const auto& instance) { return instance.param.name; });

class RefusedT5 : public testing::TestWithParam<Change> {};

TEST_P(RefusedT5, ByName) {
  expect_refused("question_tokenizer/t5", GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedT5,
    testing::Values(
        Change{"NoCharsmap", [](json& j) { j["normalizer"]["precompiled_charsmap"] = nullptr; },
               "a string was expected"},
        Change{"CharsmapIsNotBase64", [](json& j) { j["normalizer"]["precompiled_charsmap"] = "A===?"; }, "Base64"},
        Change{"CharsmapIsEmpty", [](json& j) { j["normalizer"]["precompiled_charsmap"] = ""; }, "cut off"},
        Change{"CharsmapIsShort", [](json& j) { j["normalizer"]["precompiled_charsmap"] = "/////w=="; },
               "normalizer: precompiled_charsmap: the precompiled_charsmap announces a trie of 4294967295 bytes"},
        Change{"VocabularyIsObject",
               [](json& j) {
                 j["model"]["vocab"] = {{"a", 1}};
               },
               "an array was expected"},
        Change{"NoVocabulary", [](json& j) { j["model"]["vocab"] = json::array(); }, "there is no token 2 among 0"},
        Change{"NoScore", [](json& j) { j["model"]["vocab"][7] = {"a"}; }, "vocab[7]: an entry of Unigram"},
        Change{"ScoreIsNull", [](json& j) { j["model"]["vocab"][7][1] = nullptr; }, "vocab[7]: an entry of Unigram"},
        Change{"ScoreIsText", [](json& j) { j["model"]["vocab"][7][1] = "-1.5"; }, "vocab[7]: an entry of Unigram"},
        Change{"TokenTwice", [](json& j) { j["model"]["vocab"][7][0] = j["model"]["vocab"][8][0]; }, "comes twice"},
        Change{"NoUnknown", [](json& j) { j["model"]["unk_id"] = nullptr; }, "Unigram without unk_id"},
        Change{"UnknownOutside", [](json& j) { j["model"]["unk_id"] = 100000; }, "unk_id: there is no token 100000"},
        Change{"UnknownNegative", [](json& j) { j["model"]["unk_id"] = -1; }, "unk_id: a token id"},
        Change{"DecoderBesideAnother",
               [](json& j) {
                 const json metaspace = j["decoder"];
                 j["decoder"] = {{"type", "Sequence"}, {"decoders", {metaspace, {{"type", "Fuse"}}}}};
               },
               "'Fuse' beside another"},
        Change{"ReplaceByAnotherPattern",
               [](json& j) {
                 j["normalizer"] = {{"type", "Replace"}, {"pattern", {{"Regex", " {3,}"}}}, {"content", "_"}};
               },
               "not a 'String'"}),
    [](const auto& instance) { return instance.param.name; });

TEST(MalformedUnigram, ScoresThatAreNoNumbers) {
  std::ifstream file(std::filesystem::path(OCELLUS_TEST_DATA) / "question_tokenizer/t5/tokenizer.json");
  json t5 = json::parse(file);
  t5["model"]["vocab"][7][1] = "SCORE";
  for (const char* score : {"NaN", "-Infinity", "1e999", "-1e999"}) {
    std::string text = t5.dump();
    text.replace(text.find("\"SCORE\""), 7, score);
    EXPECT_THAT(refusal(text), HasSubstr("not valid JSON")) << score;
  }
}

class RefusedBert : public testing::TestWithParam<Change> {};

TEST_P(RefusedBert, ByName) {
  expect_refused("question_tokenizer/bert_uncased", GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedBert,
    testing::Values(
        Change{"NoLowercase", [](json& j) { j["normalizer"].erase("lowercase"); }, "'lowercase' is missing"},
        Change{"AccentsAreText", [](json& j) { j["normalizer"]["strip_accents"] = "no"; }, "true or false"},
        Change{"UnknownIsUnknown", [](json& j) { j["model"]["unk_token"] = "[WHAT]"; }, "unknown token is not in"},
        Change{"NoPrefix", [](json& j) { j["model"].erase("continuing_subword_prefix"); }, "is missing"},
        Change{"LengthIsNegative", [](json& j) { j["model"]["max_input_chars_per_word"] = -1; },
               "max_input_chars_per_word: "},
        Change{"NoDecoder", [](json& j) { j["decoder"] = nullptr; }, "Metaspace, WordPiece or steps"}),
    [](const auto& instance) { return instance.param.name; });

// What a folder with this vocab.txt and tokenizer_config.json is refused for; empty if it is not.
std::string folder_refusal(const std::string& vocabulary, const std::string& config) {
  const std::filesystem::path folder = testing::TempDir() + "/ocellus-bert-folder";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "vocab.txt", std::ios::binary) << vocabulary;
  std::ofstream(folder / "tokenizer_config.json", std::ios::binary) << config;
  std::string message;
  try {
    Tokenizer::load(folder);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    message = error.what();
  }
  std::filesystem::remove_all(folder);
  return message;
}

TEST(BertFolder, RefusesWhatItCannotRead) {
  const std::string vocabulary = "[PAD]\n[UNK]\r\n[CLS]\r[SEP]\n[MASK]";
  EXPECT_EQ(folder_refusal(vocabulary, "{}"), "");
  EXPECT_THAT(folder_refusal("[PAD]\n[UNK]\n", "{}"), HasSubstr("vocab.txt does not have the sep_token '[SEP]'"));
  EXPECT_THAT(folder_refusal(vocabulary, R"({"cls_token": {"content": "<s>"}})"), HasSubstr("the cls_token '<s>'"));
  EXPECT_THAT(folder_refusal(vocabulary, R"({"do_lower_case": 1})"), HasSubstr("do_lower_case: true or false"));
  EXPECT_THAT(folder_refusal("\xff\n" + vocabulary, "{}"), HasSubstr("vocab.txt is not UTF-8 at byte 0"));
  EXPECT_THAT(folder_refusal("", "{}"), HasSubstr("vocab.txt does not have the unk_token"));
}

}  // namespace
}  // namespace ocellus::models
