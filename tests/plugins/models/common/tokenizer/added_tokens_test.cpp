#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/added_tokens.hpp"

namespace ocellus::models {
namespace {

using testing::ElementsAre;

AddedToken plain(const std::string& content, std::uint32_t id) {
  return {content, id, false, false, false, false, false};
}

// The sections of `text`, found tokens in brackets.
std::vector<std::string> sections(const TokenFinder& finder, const std::string& text) {
  std::vector<std::string> result;
  for (const TokenFinder::Section& section : finder.split(text)) {
    const std::string part = text.substr(section.begin, section.end - section.begin);
    result.push_back(section.id ? "[" + part + "]" : part);
  }
  return result;
}

std::vector<std::string> sections(const AddedToken& token, const std::string& text) {
  TokenFinder finder;
  finder.add(token.content, token);
  return sections(finder, text);
}

TEST(TokenFinder, LeftmostThenLongest) {
  TokenFinder finder;
  for (const char* content : {"<a", "<a>", "b><c", "<a>b"}) finder.add(content, plain(content, 1));
  EXPECT_THAT(sections(finder, "x<a>b><c"), ElementsAre("x", "[<a>b]", "><c"));
  EXPECT_THAT(sections(finder, "<a <a>>"), ElementsAre("[<a]", " ", "[<a>]", ">"));
  EXPECT_THAT(sections(finder, "<"), ElementsAre("<"));
  EXPECT_THAT(sections(finder, ""), ElementsAre());
}

TEST(TokenFinder, FirstOfEqualTextsWins) {
  TokenFinder finder;
  finder.add("x", plain("x", 5));
  finder.add("x", plain("x", 6));
  EXPECT_EQ(finder.split("x").at(0).id, 5u);
}

TEST(TokenFinder, SingleWord) {
  AddedToken token = plain("cat", 1);
  token.single_word = true;
  EXPECT_THAT(sections(token, "cat"), ElementsAre("[cat]"));
  EXPECT_THAT(sections(token, "a cat."), ElementsAre("a ", "[cat]", "."));
  for (const char* text : {"cats", "acat", "cat_", "cat1", "écat", "catcat", "cat\u0301", "cat\u200d", "cat\u24d0"}) {
    EXPECT_THAT(sections(token, text), ElementsAre(text));
  }
}

TEST(TokenFinder, SwallowsSpaceOnTheAskedSide) {
  AddedToken left = plain("<l>", 1), right = plain("<r>", 2);
  left.lstrip = true;
  right.rstrip = true;
  EXPECT_THAT(sections(left, "a \u3000\n<l> b"), ElementsAre("a", "[ \u3000\n<l>]", " b"));
  EXPECT_THAT(sections(right, "a <r>\u00a0 b"), ElementsAre("a ", "[<r>\u00a0 ]", "b"));
  EXPECT_THAT(sections(right, "<r>\u180eb"), ElementsAre("[<r>]", "\u180eb"));  // no white space since Unicode 6.3
}

TEST(TokenFinder, LeavesSpaceThatTheTokenBeforeSwallowed) {
  AddedToken left = plain("<l>", 1), right = plain("<r>", 2);
  left.lstrip = true;
  right.rstrip = true;
  TokenFinder finder;
  finder.add("<l>", left);
  finder.add("<r>", right);
  EXPECT_THAT(sections(finder, "<r>  <l>"), ElementsAre("[<r>  ]", "[<l>]"));
}

TEST(AddedTokens, NormalizedOnesAreLookedForApart) {
  AddedToken normalized = plain("B", 8);
  normalized.normalized = true;
  const AddedTokens tokens({plain("A", 7), normalized}, [](const std::string&) { return std::string("b"); });
  EXPECT_THAT(sections(tokens.in_raw_text(), "ABb"), ElementsAre("[A]", "Bb"));
  EXPECT_THAT(sections(tokens.in_normalized_text(), "ABb"), ElementsAre("AB", "[b]"));
  EXPECT_EQ(tokens.find("B")->id, 8u);
  EXPECT_EQ(tokens.find(7u)->content, "A");
  EXPECT_EQ(tokens.find("b"), nullptr);
  EXPECT_EQ(tokens.find(9u), nullptr);
}

}  // namespace
}  // namespace ocellus::models
