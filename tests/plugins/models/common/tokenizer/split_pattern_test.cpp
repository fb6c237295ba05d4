#include "plugins/models/common/tokenizer/pretokenizer/split_pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* qwen2_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::vector<std::string> pieces(const SplitPattern& pattern, const std::string& text) {
  std::vector<ByteRange> ranges;
  pattern.split(text, 0, ranges);
  std::vector<std::string> result;
  for (const ByteRange& range : ranges) result.push_back(text.substr(range.begin, range.end - range.begin));
  return result;
}

std::vector<std::string> pieces(const char* pattern, const std::string& text) {
  return pieces(SplitPattern(pattern), text);
}

TEST(SplitPattern, Qwen2) {
  EXPECT_THAT(pieces(qwen2_pattern, "it's  12 a\n\n b"),
              ElementsAre("it", "'s", " ", " ", "1", "2", " a", "\n\n", " b"));
  EXPECT_THAT(pieces(qwen2_pattern, "it'\u017f"), ElementsAre("it", "'\u017f"));
  EXPECT_THAT(pieces(qwen2_pattern, "a \u3000 b"), ElementsAre("a", " \u3000", " b"));
}

TEST(SplitPattern, MongolianVowelSeparatorIsNoSpace) {
  EXPECT_THAT(pieces(R"(\s)", "a\u180eb"), ElementsAre("a\u180eb"));
  EXPECT_THAT(pieces(R"([\s])", "a\u180eb"), ElementsAre("a\u180eb"));
  EXPECT_THAT(pieces(R"(\S+)", "\u180e \u180e"), ElementsAre("\u180e", " ", "\u180e"));
  EXPECT_THAT(pieces(R"([^\S]+)", "a \u2003b\u180e"), ElementsAre("a", " \u2003", "b\u180e"));
}

TEST(SplitPattern, LettersAndNumbersOfUnicode16) {
  EXPECT_THAT(pieces(R"(\p{L}+)", "a\U000323AF\U000105C0-"), ElementsAre("a\U000323AF\U000105C0", "-"));
  EXPECT_THAT(pieces(R"(\P{L}+)", "a\U000323AF-"), ElementsAre("a\U000323AF", "-"));
  EXPECT_THAT(pieces(R"([\p{N}])", "1\U00010D40"), ElementsAre("1", "\U00010D40"));
}

TEST(SplitPattern, EmptyMatchesOnlyCut) {
  EXPECT_THAT(pieces("x*", "axxé"), ElementsAre("a", "xx", "é"));
  EXPECT_THAT(pieces("(?=b)", "abab"), ElementsAre("a", "ba", "b"));
  EXPECT_THAT(pieces("x*", ""), ElementsAre());
}

TEST(SplitPattern, RefusesWhatMeansSomethingElseInOniguruma) {
  for (const char* pattern :
       {".",       "^a",    "a$",         R"(\w)",       R"(\b)",      R"(\h)",  R"(\1)",   "(?m:a)",
        "(?<a>b)", "(?>a)", "(*UTF)",     "[[:alpha:]]", "[a&&b]",     "[]a]",   "[a[b]]",  "a{,2}",
        "a{2}+",   "a{",    R"(\p{Han})", R"(\p{^L})",   R"([\P{L}])", R"(\pL)", R"(\x41)", "\\"}) {
    try {
      SplitPattern refused(pattern);
      ADD_FAILURE() << pattern << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_MODEL);
      EXPECT_THAT(error.what(), HasSubstr("is not supported")) << pattern;
    }
  }
}

TEST(SplitPattern, MalformedIsAnError) {
  for (const char* pattern : {"(", "a)", "[a", "*", "a{3,2}", "[z-a]"}) EXPECT_THROW(SplitPattern{pattern}, Error);
}

TEST(SplitPattern, RunsOfAMegabyte) {
  const SplitPattern pattern(qwen2_pattern);
  for (const char* unit : {" ", "a", "\u00e9", "1", "!", "\n", " \n", "\u3000", "e\u0301", "\U0001F600"}) {
    std::string run;
    while (run.size() < 1'000'000) run += unit;
    std::vector<ByteRange> ranges;
    pattern.split(run + "x", 0, ranges);
    std::size_t at = 0;
    for (const ByteRange& range : ranges) {
      ASSERT_EQ(range.begin, at);
      ASSERT_GT(range.end, at);
      at = range.end;
    }
    EXPECT_EQ(at, run.size() + 1) << unit;
  }
}

TEST(SplitPattern, RunawayMatchIsTheSamplesFault) {
  const SplitPattern pattern("(?:a+)+b|(?:a|aa)+c");
  std::vector<ByteRange> ranges;
  try {
    pattern.split(std::string(4000, 'a'), 0, ranges);
    FAIL() << "ended";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_SAMPLE);
    EXPECT_THAT(error.what(), HasSubstr("cannot be split"));
  }
}

}  // namespace
}  // namespace ocellus::models
