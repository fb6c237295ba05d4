// The character map: what it does to text, and every way in which its bytes can be wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/tokenizer/precompiled.hpp"

namespace ocellus::models {
namespace {

using testing::HasSubstr;

std::uint32_t leads(std::size_t from, std::size_t to) {
  return static_cast<std::uint32_t>(from ^ to) << 10;
}

// "a" becomes "bc". The children of the root are at 1 (xor their character), those of "a" at 2.
struct Charsmap {
  static constexpr std::size_t root = 0, children_of_root = 1, a = children_of_root ^ 'a', children_of_a = 2;
  static constexpr std::uint32_t leaf = 1u << 8, value = 1u << 31;

  std::vector<std::uint32_t> units = std::vector<std::uint32_t>(256);
  std::string replacements = std::string("\u00e9\0bc\0", 6);

  Charsmap() {
    units[root] = leads(root, children_of_root);
    units[a] = leads(a, children_of_a) | leaf | 'a';
    units[children_of_a] = value | 3;
  }

  std::string bytes() const {
    std::string bytes;
    const auto append = [&](std::uint32_t number) {
      for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift & 0xFF);
    };
    append(static_cast<std::uint32_t>(4 * units.size()));
    for (const std::uint32_t unit : units) append(unit);
    return bytes + replacements;
  }
};

// The message of the OC_E_MODEL error that reading ends in; empty if it does not.
std::string refusal(const std::string& bytes) {
  try {
    PrecompiledCharsmap charsmap(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    return error.what();
  }
  return "";
}

std::string normalized(const Charsmap& charsmap, const std::string& text) {
  return std::string(PrecompiledCharsmap(charsmap.bytes()).normalize(AlignedText(text, 0)).text());
}

TEST(Precompiled, ReplacesACharacterAndTheShortClusterItBegins) {
  const Charsmap charsmap;
  EXPECT_EQ(normalized(charsmap, "xay"), "xbcy");
  EXPECT_EQ(normalized(charsmap, "a\u0301"), "bc");                                // three bytes: the accent is gone
  EXPECT_EQ(normalized(charsmap, "a\u0301\u0301\u0301"), "bc\u0301\u0301\u0301");  // seven: one by one
  EXPECT_EQ(normalized(charsmap, std::string("\0a", 2)), std::string("\0bc", 3));
  EXPECT_EQ(normalized(charsmap, ""), "");
}

TEST(Precompiled, InsertedCharactersStandWhereTheReplacedOneStood) {
  const AlignedText text = PrecompiledCharsmap(Charsmap().bytes()).normalize(AlignedText("xay", 10));
  ASSERT_EQ(text.text(), "xbcy");
  for (const std::size_t byte : {1, 2}) {
    EXPECT_EQ(text.origin(byte, byte + 1).begin, 11u);
    EXPECT_EQ(text.origin(byte, byte + 1).end, 12u);
  }
  EXPECT_EQ(text.origin(3, 4).begin, 12u);
}

TEST(Precompiled, WhatIsRemovedAtTheBeginningShiftsTheRestAsInTheLibrary) {
  Charsmap charsmap;
  charsmap.units[Charsmap::children_of_a] = Charsmap::value | 5;  // the NUL after "bc"
  const AlignedText text = PrecompiledCharsmap(charsmap.bytes()).normalize(AlignedText("axy", 0));
  ASSERT_EQ(text.text(), "xy");
  EXPECT_EQ(text.origin(0, 1).begin, 0u);
  EXPECT_EQ(text.origin(1, 2).end, 2u);
  EXPECT_EQ(normalized(charsmap, "aa"), "");
}

TEST(Precompiled, ALastReplacementMayLackItsEnd) {
  Charsmap charsmap;
  charsmap.replacements.pop_back();
  EXPECT_EQ(normalized(charsmap, "a"), "bc");
  charsmap.units[Charsmap::children_of_a] = Charsmap::value | 5;
  EXPECT_EQ(normalized(charsmap, "xa"), "x");
}

TEST(MalformedCharsmap, CutOffAnywhereInTheTrie) {
  const std::string whole = Charsmap().bytes();
  ASSERT_EQ(refusal(whole), "");
  for (std::size_t length = 0; length < 4; ++length)
    EXPECT_THAT(refusal(whole.substr(0, length)), HasSubstr("cut off"));
  for (std::size_t length = 4; length < whole.size() - Charsmap().replacements.size(); ++length)
    EXPECT_THAT(refusal(whole.substr(0, length)), HasSubstr("announces a trie of 1024 bytes"));
}

TEST(MalformedCharsmap, SizeOfTheTrie) {
  EXPECT_THAT(refusal(std::string(8, '\0')), HasSubstr("a trie of 0 bytes"));
  EXPECT_THAT(refusal(std::string("\3\0\0\0abcdef", 10)), HasSubstr("a trie of 3 bytes"));
  EXPECT_THAT(refusal(std::string("\xFF\xFF\xFF\xFF", 4) + Charsmap().bytes()),
              HasSubstr("a trie of 4294967295 bytes"));
}

TEST(MalformedCharsmap, LeadsOutside) {
  Charsmap charsmap;
  charsmap.units[Charsmap::root] = leads(Charsmap::root, 256);
  EXPECT_THAT(refusal(charsmap.bytes()), HasSubstr("unit 0 of the trie in precompiled_charsmap leads outside"));
  charsmap = Charsmap();
  charsmap.units[Charsmap::a] = 0x7FFFFC00u | 'a';
  EXPECT_THAT(refusal(charsmap.bytes()), HasSubstr("unit 96 of the trie in precompiled_charsmap leads outside"));
}

TEST(MalformedCharsmap, LeadsInCircles) {
  Charsmap charsmap;
  charsmap.units[Charsmap::a] = leads(Charsmap::a, Charsmap::children_of_root) | 'a';
  EXPECT_THAT(refusal(charsmap.bytes()), HasSubstr("leads back to itself"));
}

TEST(MalformedCharsmap, OffsetOfNoReplacement) {
  for (const std::uint32_t offset : {1u, 7u, 0x7FFFFFFFu}) {  // inside "é", beyond the end, far beyond
    Charsmap charsmap;
    charsmap.units[Charsmap::children_of_a] = Charsmap::value | offset;
    EXPECT_THAT(refusal(charsmap.bytes()), HasSubstr("an offset " + std::to_string(offset) + " of no replacement"));
  }
}

TEST(MalformedCharsmap, ReplacementsAreNotUtf8) {
  Charsmap charsmap;
  charsmap.replacements[1] = '\xFF';
  EXPECT_THAT(refusal(charsmap.bytes()), HasSubstr("not UTF-8 at byte 0"));
}

TEST(Precompiled, SubtreesMayBeShared) {
  Charsmap charsmap;
  const std::size_t b = Charsmap::children_of_root ^ 'b';
  charsmap.units[b] = leads(b, Charsmap::children_of_a) | Charsmap::leaf | 'b';
  EXPECT_EQ(normalized(charsmap, "abx"), "bcbcx");
}

}  // namespace
}  // namespace ocellus::models
