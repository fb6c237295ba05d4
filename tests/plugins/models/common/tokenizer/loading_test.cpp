// What cannot be read exactly is refused by name; what is malformed is an Error, never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "tests/plugins/models/common/tokenizer/refusal.hpp"
#include "tests/plugins/models/common/tokenizer/small_tokenizer.hpp"

namespace ocellus::models {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Refused : public testing::TestWithParam<Change> {};

TEST_P(Refused, ByName) {
  json changed = small_tokenizer_json();
  ASSERT_EQ(refusal(changed.dump()), "");
  GetParam().make(changed);
  EXPECT_THAT(refusal(changed.dump()), AllOf(HasSubstr("folder/tokenizer.json"), HasSubstr(GetParam().named)));
}

json& split_of(json& root) {
  return root["pre_tokenizer"]["pretokenizers"][0];
}
json& byte_level_of(json& root) {
  return root["pre_tokenizer"]["pretokenizers"][1];
}

INSTANTIATE_TEST_SUITE_P(
    Component, Refused,
    testing::Values(
        Change{"Normalizer",
               [](json& j) {
                 j["normalizer"] = {{"type", "Nmt"}};
               },
               "'Nmt'"},
        Change{"NormalizerInSequence",
               [](json& j) {
                 j["normalizer"] = {{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}, {{"type", "NFKC"}}}}};
               },
               "'NFKC'"},
        Change{"PreTokenizer",
               [](json& j) {
                 split_of(j) = {{"type", "Punctuation"}};
               },
               "'Punctuation'"},
        Change{"NoPreTokenizer", [](json& j) { j["pre_tokenizer"] = nullptr; }, "pre_tokenizer without ByteLevel"},
        Change{"SplitBehavior", [](json& j) { split_of(j)["behavior"] = "Removed"; }, "'Removed'"},
        Change{"SplitInvert", [](json& j) { split_of(j)["invert"] = true; }, "invert"},
        Change{"SplitString",
               [](json& j) {
                 split_of(j)["pattern"] = {{"String", " "}};
               },
               "'Regex'"},
        Change{"PatternSyntax", [](json& j) { split_of(j)["pattern"]["Regex"] = "\\h+"; }, "'\\h'"},
        Change{"PatternMalformed", [](json& j) { split_of(j)["pattern"]["Regex"] = "(a"; }, "malformed"},
        Change{"SplitAfterByteLevel", [](json& j) { std::swap(split_of(j), byte_level_of(j)); },
               "'Split' after ByteLevel"},
        Change{"Model", [](json& j) { j["model"]["type"] = "WordLevel"; }, "'WordLevel'"},
        Change{"ModelOverBytes", [](json& j) { j["model"]["type"] = "Unigram"; }, "'Unigram' over ByteLevel"},
        Change{"Dropout", [](json& j) { j["model"]["dropout"] = 0.1; }, "dropout"},
        Change{"UnknownToken", [](json& j) { j["model"]["unk_token"] = "<unk>"; }, "unk_token"},
        Change{"ByteFallback", [](json& j) { j["model"]["byte_fallback"] = true; }, "byte_fallback"},
        Change{"SubwordPrefix", [](json& j) { j["model"]["continuing_subword_prefix"] = "##"; },
               "continuing_subword_prefix"},
        Change{"WordSuffix", [](json& j) { j["model"]["end_of_word_suffix"] = "</w>"; }, "end_of_word_suffix"},
        Change{"PostProcessor",
               [](json& j) {
                 j["post_processor"] = {{"type", "PadProcessing"}};
               },
               "'PadProcessing'"},
        Change{"TwoPostProcessors",
               [](json& j) {
                 const json bert = {{"type", "BertProcessing"}, {"cls", {"a", 97}}, {"sep", {"b", 98}}};
                 j["post_processor"] = {{"type", "Sequence"}, {"processors", {bert, bert}}};
               },
               "'BertProcessing' after another"},
        Change{"Decoder",
               [](json& j) {
                 j["decoder"] = {{"type", "WordPiece"}};
               },
               "'WordPiece' over ByteLevel"},
        Change{"NoDecoder", [](json& j) { j.erase("decoder"); }, "decoder without ByteLevel"}),
    [](const auto& instance) { return instance.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Malformed, Refused,
    testing::Values(
        Change{"RootIsArray", [](json& j) { j = json::array({1}); }, "an object was expected"},
        Change{"NoModel", [](json& j) { j.erase("model"); }, "'model' is missing"},
        Change{"ModelIsText", [](json& j) { j["model"] = "BPE"; }, "an object was expected"},
        Change{"TypeIsNumber", [](json& j) { j["model"]["type"] = 3; }, "a string was expected"},
        Change{"NoVocabulary", [](json& j) { j["model"].erase("vocab"); }, "'vocab' is missing"},
        Change{"VocabularyIsArray", [](json& j) { j["model"]["vocab"] = {"a"}; }, "an object was expected"},
        Change{"NegativeId", [](json& j) { j["model"]["vocab"]["ab"] = -1; }, "vocab: ab: a token id"},
        Change{"HugeId", [](json& j) { j["model"]["vocab"]["ab"] = 4294967296; }, "vocab: ab: a token id"},
        Change{"FractionalId", [](json& j) { j["model"]["vocab"]["ab"] = 1.5; }, "vocab: ab: a token id"},
        Change{"IdTwice", [](json& j) { j["model"]["vocab"]["ab"] = 7; }, "two tokens have the id 7"},
        Change{"MergesIsObject", [](json& j) { j["model"]["merges"] = json::object(); }, "an array was expected"},
        Change{"MergeOfThree", [](json& j) { j["model"]["merges"][1] = "a b c"; }, "merges[1]"},
        Change{"MergeOfOne", [](json& j) { j["model"]["merges"][1] = json::array({"a"}); }, "merges[1]"},
        Change{"MergeOfNumbers",
               [](json& j) {
                 j["model"]["merges"][1] = {1, 2};
               },
               "merges[1]"},
        Change{"MergeUnknown",
               [](json& j) {
                 j["model"]["merges"][1] = {"b", "c"};
               },
               "'bc' is not in the vocabulary"},
        Change{"FlagIsText", [](json& j) { j["model"]["ignore_merges"] = "yes"; }, "true or false was expected"},
        Change{"AddedWithoutContent",
               [](json& j) {
                 j["added_tokens"] = {{{"id", 259}}};
               },
               "'content' is missing"},
        Change{"AddedEmpty", [](json& j) { j["added_tokens"] = json::array({added_token(259, "")}); }, "no content"},
        Change{"AddedTwice",
               [](json& j) {
                 j["added_tokens"] = {added_token(259, "<x>"), added_token(260, "<x>")};
               },
               "comes twice"},
        Change{"AddedWithIdOfAnother", [](json& j) { j["added_tokens"] = json::array({added_token(97, "<x>")}); },
               "must be 259"},
        Change{"AddedAgainstVocabulary", [](json& j) { j["added_tokens"] = json::array({added_token(259, "ab")}); },
               "must be 256"},
        Change{"AddedAfterGap", [](json& j) { j["added_tokens"] = json::array({added_token(300, "<x>")}); },
               "must be 259"},
        Change{"TemplateTokenUnknown",
               [](json& j) {
                 j["post_processor"] = json::parse(R"({"type": "TemplateProcessing",
                   "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                   "special_tokens": {"<s>": {"id": "<s>", "ids": [999], "tokens": ["<s>"]}}})");
               },
               "there is no token 999"},
        Change{"ProcessingTokenUnknown",
               [](json& j) {
                 j["post_processor"] = {{"type", "RobertaProcessing"}, {"cls", {"<s>", 999}}, {"sep", {"b", 98}}};
               },
               "cls[1]: there is no token 999"},
        Change{"ProcessingTokenWithoutId",
               [](json& j) {
                 j["post_processor"] = {{"type", "BertProcessing"}, {"cls", {"<s>"}}, {"sep", {"b", 98}}};
               },
               "a token and its id were expected"},
        Change{"AddedBecomesNothing",
               [](json& j) {
                 j["normalizer"] = {{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}};
                 j["added_tokens"] = json::array({added_token(259, "  ")});
                 j["added_tokens"][0]["normalized"] = true;
               },
               "nothing is left of the added token '  '"}),
    [](const auto& instance) { return instance.param.name; });

TEST(MalformedTokenizer, TruncatedAnywhere) {
  const std::string whole = small_tokenizer_json().dump();
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_THAT(refusal(whole.substr(0, length)), HasSubstr("folder/tokenizer.json is not valid JSON"));
  }
}

TEST(MalformedTokenizer, LoneSurrogateAndInvalidUtf8) {
  EXPECT_THAT(refusal(R"({"model": "\ud800"})"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("{\"model\": \"\xff\"}"), HasSubstr("not valid JSON"));
}

TEST(MalformedTokenizer, EndlessSequences) {
  std::string opening, closing;
  for (int depth = 0; depth < 100'000; ++depth) {
    opening += R"({"type": "Sequence", "normalizers": [)";
    closing += "]}";
  }
  std::string text = small_tokenizer_json().dump();
  const std::string normalizer = R"({"type":"NFC"})";
  text.replace(text.find(normalizer), normalizer.size(), opening + normalizer + closing);
  EXPECT_THAT(refusal(text), HasSubstr("a Sequence more than 8 deep"));
}

TEST(TokenizerConfig, AddsOnlyWhatIsMissing) {
  json tokenizer = small_tokenizer_json();
  tokenizer["added_tokens"] = json::array({added_token(259, "<x>")});
  // The config disagrees about <x> and knows <y>, and 'ab' of the vocabulary, as well.
  const json config = {{"added_tokens_decoder",
                        {{"260", {{"content", "<y>"}, {"special", true}}},
                         {"1000", {{"content", "<x>"}, {"special", true}}},
                         {"1001", {{"content", "ab"}, {"special", true}}}}}};
  const Tokenizer loaded = Tokenizer::parse(tokenizer.dump(), config.dump(), "");
  EXPECT_EQ(loaded.id("<x>"), 259);
  EXPECT_EQ(loaded.id("<y>"), 260);
  EXPECT_EQ(loaded.id("ab"), 256);
  EXPECT_FALSE(loaded.is_special(259));
  EXPECT_TRUE(loaded.is_special(260));
  EXPECT_TRUE(loaded.is_special(256));
  EXPECT_EQ(loaded.size(), 261u);
}

TEST(TokenizerConfig, MalformedIsNamed) {
  const std::string tokenizer = small_tokenizer_json().dump();
  EXPECT_THAT(refusal(tokenizer, "{"), HasSubstr("folder/tokenizer_config.json is not valid JSON"));
  for (const char* key : {"", "-1", "1x", "99999999999999999999"}) {
    const json config = {{"added_tokens_decoder", {{key, {{"content", "<y>"}}}}}};
    EXPECT_THAT(refusal(tokenizer, config.dump()), HasSubstr("is not a token id"));
  }
  EXPECT_THAT(refusal(tokenizer, R"({"added_tokens_decoder": {"270": {"content": "<y>"}}})"),
              AllOf(HasSubstr("folder/tokenizer_config.json"), HasSubstr("must be 259")));
}

TEST(TokenizerFolder, WithoutTokenizerJson) {
  const std::filesystem::path folder = testing::TempDir() + "/ocellus-no-tokenizer";
  std::filesystem::create_directories(folder);
  try {
    Tokenizer::load(folder);
    FAIL() << "loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(folder.string()), HasSubstr("has no tokenizer.json")));
  }
  std::filesystem::create_directories(folder / "tokenizer.json");
  EXPECT_THROW(Tokenizer::load(folder), Error);
  std::filesystem::remove_all(folder);
}

TEST(TokenizerText, NotUtf8IsTheSamplesFault) {
  const Tokenizer tokenizer = small_tokenizer(small_tokenizer_json());
  for (const std::string text : {"a\xff", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "abc\xe2\x82"}) {
    try {
      tokenizer.encode(text, true);
      FAIL() << "encoded";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_SAMPLE);
      EXPECT_THAT(error.what(), HasSubstr("not UTF-8"));
    }
  }
}

TEST(TokenizerText, UnknownIds) {
  const Tokenizer tokenizer = small_tokenizer(small_tokenizer_json());
  EXPECT_THROW(tokenizer.bytes(259), Error);
  EXPECT_THROW(tokenizer.bytes(-1), Error);
  EXPECT_THROW(tokenizer.bytes(std::int64_t{1} << 32 | 'a'), Error);
  const std::vector<std::int64_t> ids = {'a', 99999, -5, 'b'};
  EXPECT_EQ(tokenizer.decode(ids, false), "ab");
}

TEST(TokenizerText, InvalidBytesBecomeOneReplacementEachSubpart) {
  const Tokenizer tokenizer = small_tokenizer(small_tokenizer_json());
  // U+20AC cut after two of its three bytes, then a stray continuation byte, then a whole character.
  const std::vector<std::int64_t> ids = {0xE2, 0x82, 'x', 0xAC, 0xC3, 0xA9, 0xF0, 0x9F};
  EXPECT_EQ(tokenizer.decode(ids, false), "\uFFFDx\uFFFDé\uFFFD");
}

// RoBERTa as it is published: no prefix space, so that a space at the beginning is the text's own.
TEST(TokenizerOffsets, AreTrimmedWhereRobertaProcessingSaysSo) {
  json roberta = small_tokenizer_json();
  roberta["post_processor"] = {{"type", "RobertaProcessing"},
                               {"cls", {"b", 98}},
                               {"sep", {"c", 99}},
                               {"trim_offsets", true},
                               {"add_prefix_space", false}};
  const auto offsets = [&] {
    std::vector<std::size_t> all;
    for (const Token& token : small_tokenizer(roberta).encode(" a  a", true))
      all.insert(all.end(), {token.begin, token.end});
    return all;
  };
  EXPECT_EQ(offsets(), (std::vector<std::size_t>{0, 0, 1, 2, 3, 3, 4, 4, 4, 5, 0, 0}));
  roberta["post_processor"]["add_prefix_space"] = true;
  EXPECT_EQ(offsets(), (std::vector<std::size_t>{0, 0, 0, 2, 3, 3, 4, 4, 4, 5, 0, 0}));
  roberta["post_processor"]["trim_offsets"] = false;
  EXPECT_EQ(offsets(), (std::vector<std::size_t>{0, 0, 0, 2, 2, 3, 3, 4, 4, 5, 0, 0}));
}

TEST(TokenizerMerges, LinesOfCommentAreSkipped) {
  json changed = small_tokenizer_json();
  changed["model"]["merges"] = {"#version: 0.2", "a b", "ab c"};
  const std::vector<Token> tokens = small_tokenizer(changed).encode("abc", false);
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(tokens[0].id, 257);
}

}  // namespace
}  // namespace ocellus::models
