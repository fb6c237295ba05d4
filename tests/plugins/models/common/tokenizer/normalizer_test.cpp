#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "plugins/models/common/tokenizer/normalizer.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

std::string nfc(const std::string& text) {
  return std::string(normalize_nfc(AlignedText(text, 0)).text());
}

TEST(Nfc, EqualsUtf8procOnEveryCharacterAlone) {
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    for (const char* after : {"", "\u0301", "\u0323\u0302"}) {
      std::string text;
      append_utf8(text, c);
      text += after;
      const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> expected(
          utf8proc_NFC(reinterpret_cast<const utf8proc_uint8_t*>(text.c_str())), &std::free);
      ASSERT_EQ(nfc(text), reinterpret_cast<const char*>(expected.get())) << "U+" << std::hex << std::uint32_t{c};
    }
  }
}

TEST(Nfc, HangulExclusionsAndOrder) {
  EXPECT_EQ(nfc("\u1100\u1161\u11a8"), "\uac01");
  EXPECT_EQ(nfc("\u0915\u093c"), "\u0915\u093c");  // composition exclusion
  EXPECT_EQ(nfc("\u0958"), "\u0915\u093c");
  EXPECT_EQ(nfc("a\u0302\u0323"), "\u1ead");
  EXPECT_EQ(nfc("\u0301a"), "\u0301a");
}

TEST(Nfc, CompositionsNewerThanTheLibraryStayApart) {
  EXPECT_EQ(nfc("\U00011935\U00011930"), "\U00011935\U00011930");
  EXPECT_EQ(nfc("\U00011938"), "\U00011938");
}

TEST(Nfc, OriginsPointIntoTheCallersText) {
  // "xé" decomposed, then "y"; the piece starts at byte 10 of the caller's text.
  const AlignedText text = normalize_nfc(AlignedText("xe\u0301y", 10));
  ASSERT_EQ(text.text(), "x\u00e9y");
  EXPECT_EQ(text.origin(0, 1).begin, 10u);
  EXPECT_EQ(text.origin(1, 3).begin, 11u);
  EXPECT_EQ(text.origin(1, 3).end, 12u);  // of a composition, its first character, as in the library
  EXPECT_EQ(text.origin(3, 4).begin, 14u);
  EXPECT_EQ(text.origin(1, 4).end, 15u);
}

TEST(AlignedText, PartsOfACharacterCoverIt) {
  const AlignedText text("a\u20acb", 5);
  for (std::size_t byte = 1; byte < 4; ++byte) {
    EXPECT_EQ(text.origin(byte, byte + 1).begin, 6u);
    EXPECT_EQ(text.origin(byte, byte + 1).end, 9u);
  }
}

}  // namespace
}  // namespace ocellus::models
