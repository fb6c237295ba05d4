#include "plugins/methods/raw_attention/token_text.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace ocellus::methods {
namespace {

using Numbers = std::vector<int64_t>;

TokenText text_of(std::initializer_list<std::string_view> tokens) {
  TokenText text;
  for (const std::string_view bytes : tokens) text.add(bytes);
  text.finish();
  return text;
}

TEST(TokenText, WholeTokensAreGroupsOfTheirOwn) {
  const TokenText text = text_of({"A", " red", " \xC3\xA9", ""});
  EXPECT_EQ(text.text(), "A red \xC3\xA9");
  EXPECT_EQ(text.groups(), (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(text.offsets(), (Numbers{0, 1, 1, 5, 5, 8, 8, 8}));
}

TEST(TokenText, TokensThatShareACharacterAreOneGroup) {
  // U+732B in three tokens, U+1F600 in two, the second of which goes on, and U+5728 in one.
  const TokenText text = text_of({"\xE7", "\x8C", "\xAB", "a", "\xF0\x9F", "\x98\x80!", "\xE5\x9C\xA8"});
  EXPECT_EQ(text.text(),
            "\xE7\x8C\xAB"
            "a\xF0\x9F\x98\x80!\xE5\x9C\xA8");
  EXPECT_EQ(text.groups(), (Numbers{0, 0, 0, 1, 2, 2, 3}));
  EXPECT_EQ(text.offsets(), (Numbers{0, 3, 0, 3, 0, 3, 3, 4, 4, 9, 4, 9, 9, 12}));
}

TEST(TokenText, ATokenMayEndOneCharacterAndBeginTheNext) {
  const TokenText text = text_of({"\xE7\x8C", "\xAB\xE5", "\x9C\xA8"});
  EXPECT_EQ(text.text(), "\xE7\x8C\xAB\xE5\x9C\xA8");
  EXPECT_EQ(text.groups(), (Numbers{0, 0, 0}));
}

TEST(TokenText, WhatNeverBecomesACharacterIsReplaced) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(text_of({"a", "\xE7\x8C"}).text(), "a" + replacement) << "the answer ended within a character";
  const TokenText broken = text_of({"\xE7", "b", "\x80"});
  EXPECT_EQ(broken.text(), replacement + "b" + replacement);
  EXPECT_EQ(broken.groups(), (Numbers{0, 1, 2}));
  EXPECT_EQ(text_of({std::string_view("x\0y", 3)}).text(), "x" + replacement + "y");
  EXPECT_EQ(text_of({"\xED\xA0\x80"}).text(), replacement + replacement + replacement) << "a surrogate";
  EXPECT_EQ(text_of({"\xC0\xAF"}).text(), replacement + replacement) << "an overlong form";
}

TEST(TokenText, TokensPutInTogetherAreOneGroup) {
  TokenText text;
  text.add("\xE7");
  text.add_together(3, "<image>");
  text.add("b");
  text.finish();
  EXPECT_EQ(text.text(), "\xEF\xBF\xBD<image>b");
  EXPECT_EQ(text.groups(), (Numbers{0, 1, 1, 1, 2}));
  EXPECT_EQ(text.offsets(), (Numbers{0, 3, 3, 10, 3, 10, 3, 10, 10, 11}));
}

}  // namespace
}  // namespace ocellus::methods
