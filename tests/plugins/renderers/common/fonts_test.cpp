#include "plugins/renderers/common/fonts.hpp"

#include <gtest/gtest.h>

#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

TEST(FontFamily, InstalledOnesAndGenericOnesAreThere) {
  for (const char* family : {"DejaVu Sans", "dejavu sans mono", "sans-serif", "serif", "monospace"}) {
    EXPECT_NO_THROW(expect_font_family(family)) << family;
  }
}

TEST(FontFamily, AnUnknownOneIsRefusedByName) {
  for (const char* family : {"No Such Family", "DejaVu Sans, No Such Family", "\xFF"}) {
    try {
      expect_font_family(family);
      ADD_FAILURE() << family << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_OPTION);
      EXPECT_NE(std::string(error.what()).find(family), std::string::npos);
    }
  }
}

TEST(FontFamily, IsTriedFirst) {
  const auto width = [](const char* text, const char* family) {
    return TextBlock(text, {.family = family}, -1, 100).width();
  };
  EXPECT_EQ(width("iiii", "DejaVu Sans Mono"), width("MMMM", "DejaVu Sans Mono"));
  EXPECT_LT(width("iiii", ""), width("MMMM", ""));
  // What a family lacks comes from the others.
  const TextBlock mixed("a 图", {.family = "DejaVu Sans Mono"}, -1, 100), plain("a 图", {}, -1, 100);
  EXPECT_EQ(mixed.unknown_glyphs(), plain.unknown_glyphs());
}

}  // namespace
}  // namespace ocellus::drawing
