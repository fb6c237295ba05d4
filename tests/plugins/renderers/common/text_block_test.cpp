#include "plugins/renderers/common/text_block.hpp"

#include <gtest/gtest.h>

#include <string>

#include "plugins/renderers/common/canvas.hpp"

namespace ocellus::drawing {
namespace {

constexpr double kDpi = 150.0;

std::string repeat(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

struct Ink {
  int inside = 0;
  int outside = 0;
};

Ink ink_of(const Canvas& canvas, const PixelRect& box) {
  Ink ink;
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      if (canvas.pixel(x, y) == kWhite) continue;
      const bool in = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
      ++(in ? ink.inside : ink.outside);
    }
  }
  return ink;
}

TEST(TextBlock, NoInkLeavesTheBox) {
  const std::string texts[] = {
      repeat("What is to the right of the square? ", 8),
      repeat("图中红色的方块在什么位置？", 12),
      repeat("ما هو لون المربع الموجود على يمين الصورة؟ ", 8),
      repeat("W", 200),
      repeat("Z\u0301\u0302\u0303", 20),
      "//fjgQÅ",
  };
  for (const std::string& text : texts) {
    for (const int width : {3, 40, 300}) {
      for (const int lines : {0, 1, 3}) {
        const TextBlock block(text, {.points = 11.0, .bold = true, .max_lines = lines}, width, kDpi);
        ASSERT_EQ(block.width(), width);
        if (block.height() > 4000) continue;  // unlimited lines in three pixels
        const PixelRect box{50, 60, block.width(), block.height()};
        Canvas upright(width + 100, block.height() + 120);
        upright.draw(block, box.x, box.y);
        EXPECT_EQ(ink_of(upright, box).outside, 0) << text << " in " << width;
        if (width > 3) {
          EXPECT_GT(ink_of(upright, box).inside, 0) << text << " in " << width;
        }

        const PixelRect turned{60, 50, block.height(), block.width()};
        Canvas sideways(block.height() + 120, width + 100);
        sideways.draw_upwards(block, turned.x, turned.y);
        EXPECT_EQ(ink_of(sideways, turned).outside, 0) << text << " in " << width;
      }
    }
  }
}

TEST(TextBlock, WrapsThenEndsInAnEllipsis) {
  const std::string sentence = repeat("a few words ", 40);
  const TextStyle style{.points = 10.0};
  const TextBlock all(sentence, style, 400, kDpi);
  EXPECT_GT(all.lines(), 4);
  EXPECT_FALSE(all.ellipsised());

  const TextBlock some(sentence, {.points = 10.0, .max_lines = 3}, 400, kDpi);
  EXPECT_EQ(some.lines(), 3);
  EXPECT_TRUE(some.ellipsised());
  EXPECT_LT(some.height(), all.height());

  const TextBlock fits("a few words", {.points = 10.0, .max_lines = 3}, 400, kDpi);
  EXPECT_EQ(fits.lines(), 1);
  EXPECT_FALSE(fits.ellipsised());
}

TEST(TextBlock, SizeFollowsPointsAndDpi) {
  const TextStyle style{.points = 10.0};
  const TextBlock low("measured text", style, -1, 100.0);
  const TextBlock high("measured text", style, -1, 300.0);
  EXPECT_NEAR(high.width(), 3 * low.width(), 4);
  EXPECT_NEAR(high.height(), 3 * low.height(), 4);
}

TEST(TextBlock, RightToLeftTextStandsAtTheRight) {
  const auto centre_of_ink = [](const std::string& text) {
    const TextBlock block(text, {.points = 12.0}, 600, kDpi);
    Canvas canvas(600, block.height());
    canvas.draw(block, 0, 0);
    double sum = 0.0;
    int count = 0;
    for (int y = 0; y < canvas.height(); ++y) {
      for (int x = 0; x < canvas.width(); ++x) {
        if (canvas.pixel(x, y) == kWhite) continue;
        sum += x;
        ++count;
      }
    }
    return sum / count;
  };
  EXPECT_LT(centre_of_ink("red"), 150.0);
  EXPECT_GT(centre_of_ink("أحمر"), 450.0);
}

TEST(TextBlock, CountsGlyphsNoFontHas) {
  const TextBlock known("plain words, é ü", {}, -1, kDpi);
  EXPECT_EQ(known.unknown_glyphs(), 0);
  // Three private-use characters of plane 15.
  const TextBlock unknown("a \U000F5A51\U000F5A52 b \U000F5A53", {}, -1, kDpi);
  EXPECT_EQ(unknown.unknown_glyphs(), 3);

  Canvas canvas(400, 100);
  canvas.draw(known, 0, 0);
  EXPECT_EQ(canvas.unknown_glyphs(), 0);
  canvas.draw(unknown, 0, 0);
  canvas.draw_upwards(unknown, 0, 0);
  EXPECT_EQ(canvas.unknown_glyphs(), 6);
}

TEST(TextBlock, IsDrawnInItsColour) {
  const TextBlock block("\u2588\u2588\u2588", {.points = 20.0, .colour = {10, 120, 200}}, -1, kDpi);  // full blocks
  Canvas canvas(block.width(), block.height());
  canvas.draw(block, 0, 0);
  EXPECT_EQ(canvas.pixel(block.width() / 2, block.height() / 2), (Rgb{10, 120, 200}));
}

TEST(Printable, MakesOneSafeLine) {
  EXPECT_EQ(printable("two\nlines\r\nand a\ttab\u2028end"), "two lines and a tab end");
  EXPECT_EQ(printable(std::string("bell\x07 nul\0 del\x7f", 15)), "bell\uFFFD nul\uFFFD del\uFFFD");
  EXPECT_EQ(printable("cut \xE4\xB8 off"), "cut \uFFFD\uFFFD off");
  EXPECT_EQ(printable(" \n red \n"), "red");
  EXPECT_EQ(printable(" \n "), "");
  EXPECT_EQ(printable("中文 العربية"), "中文 العربية");
}

TEST(Printable, CutsWhatNobodyCouldRead) {
  EXPECT_EQ(printable(repeat("中", 4096)), repeat("中", 4096));
  EXPECT_EQ(printable(repeat("中", 100000)), repeat("中", 4096) + "…");
}

}  // namespace
}  // namespace ocellus::drawing
