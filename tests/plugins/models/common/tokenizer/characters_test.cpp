// Every code point against what the library takes it for (tools/fixtures/question_tokenizer.py).
#include "plugins/models/common/tokenizer/characters.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/bert_normalizer.hpp"
#include "plugins/models/common/tokenizer/graphemes.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

const nlohmann::json& library() {
  static const nlohmann::json document = nlohmann::json::parse(
      std::ifstream(std::filesystem::path(OCELLUS_TEST_DATA) / "question_tokenizer" / "characters.json"));
  return document;
}

std::string utf8(std::initializer_list<char32_t> characters) {
  std::string text;
  for (const char32_t c : characters) append_utf8(text, c);
  return text;
}

// Holds `is_member` to the ranges that the library has under `name`.
void expect_class(const char* name, const std::function<bool(char32_t)>& is_member) {
  std::vector<bool> expected(0x110000, false);
  const auto bounds = library().at(name).get<std::vector<char32_t>>();
  ASSERT_GE(bounds.size(), 2u);
  for (std::size_t i = 0; i < bounds.size(); i += 2)
    for (char32_t c = bounds[i]; c <= bounds[i + 1]; ++c) expected[c] = true;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    EXPECT_EQ(is_member(c), expected[c]) << name << " U+" << std::hex << std::uint32_t{c};
  }
}

std::string normalized(const BertNormalizer& normalizer, const std::string& text) {
  return std::string(normalizer.normalize(AlignedText(text, 0)).text());
}

std::size_t clusters(const std::string& text) {
  std::size_t count = 0;
  for_each_grapheme(text, [&](std::string_view) { ++count; });
  return count;
}

TEST(BertCharacters, Dropped) {
  const BertNormalizer clean{true, false, false, false};
  expect_class("dropped", [&](char32_t c) { return normalized(clean, utf8({c})).empty(); });
}

TEST(BertCharacters, Space) {
  const BertNormalizer clean{true, false, false, false};
  expect_class("space", [&](char32_t c) { return normalized(clean, utf8({c})) == " "; });
}

TEST(BertCharacters, Ideographs) {
  const BertNormalizer apart{false, true, false, false};
  expect_class("ideographs", [&](char32_t c) { return normalized(apart, utf8({c})) == utf8({' ', c, ' '}); });
}

TEST(BertCharacters, Punctuation) {
  expect_class("punctuation", is_punctuation);
}

TEST(BertCharacters, NonspacingMarks) {
  expect_class("nonspacing_marks", is_nonspacing_mark);
}

// Nonspacing marks, which go with the accents, are not listed again.
void expect_changes(const char* name, const BertNormalizer& normalizer) {
  const nlohmann::json& changed = library().at("changed").at(name);
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const bool left_out = c >= 0xAC00 && c <= 0xD7A3 && c % 97 != 0;  // most syllables of Hangul
    if (left_out || (normalizer.strip_accents && is_nonspacing_mark(c))) continue;
    const auto found = changed.find(utf8({c}));
    EXPECT_EQ(normalized(normalizer, utf8({c})), found == changed.end() ? utf8({c}) : found->get<std::string>())
        << name << " U+" << std::hex << std::uint32_t{c};
  }
}

TEST(BertCharacters, Lowercase) {
  expect_changes("lower", {false, false, false, true});
}

TEST(BertCharacters, WithoutAccents) {
  expect_changes("without_accents", {false, false, true, false});
}

TEST(Graphemes, WhatGoesWithTheCharacterBefore) {
  expect_class("extends", [](char32_t c) { return c != 0 && c != 'a' && clusters(utf8({'a', c})) == 1; });
}

TEST(Graphemes, WhatGoesWithTheCharacterAfter) {
  expect_class("prepends", [](char32_t c) { return c > 'a' && clusters(utf8({c, 'a', 0x301})) == 1; });
}

TEST(Graphemes, OfSeveralCharacters) {
  EXPECT_EQ(clusters("\r\n"), 1u);
  EXPECT_EQ(clusters("\n\r"), 2u);
  EXPECT_EQ(clusters("\U0001F1E6\U0001F1E7\U0001F1E8\U0001F1E9\U0001F1EA"), 3u);
  EXPECT_EQ(clusters("\u1100\u1161\u11a8\uac01\u11a8"), 2u);
  EXPECT_EQ(clusters("\U0001F468\u200d\U0001F469\u200d\U0001F467"), 1u);
  EXPECT_EQ(clusters("\u0085\u0301"), 2u);
}

}  // namespace
}  // namespace ocellus::models
