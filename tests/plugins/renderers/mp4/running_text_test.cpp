#include "plugins/renderers/mp4/running_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ocellus::mp4 {
namespace {

using drawing::Raster;
using drawing::Rgb;

constexpr Rgb kCurrent{0, 0, 255}, kOther{255, 0, 0};

std::vector<Rgb> colours(size_t current) {
  std::vector<Rgb> all(current + 1, kOther);
  all[current] = kCurrent;
  return all;
}

// Pixels of the current unit: its colour, or that on the way to white.
int blue_pixels(const Raster& panel) {
  int n = 0;
  for (int y = 0; y < panel.height(); ++y) {
    for (const Raster::Pixel pixel : panel.row(y)) {
      const Rgb c = Raster::unpack(pixel);
      n += c.r == c.g && c.b > c.r + 40 ? 1 : 0;
    }
  }
  return n;
}
int red_pixels(const Raster& panel) {
  int n = 0;
  for (int y = 0; y < panel.height(); ++y) {
    for (const Raster::Pixel pixel : panel.row(y)) {
      const Rgb c = Raster::unpack(pixel);
      n += c.g == c.b && c.r > c.g + 40 ? 1 : 0;
    }
  }
  return n;
}

bool same(const Raster& a, const Raster& b) {
  for (int y = 0; y < a.height(); ++y) {
    if (!std::equal(a.row(y).begin(), a.row(y).end(), b.row(y).begin())) return false;
  }
  return true;
}

std::vector<std::string> words(const std::string& text, int n) {
  std::vector<std::string> units;
  for (int i = 0; i < n; ++i) units.push_back(text + std::to_string(i));
  return units;
}

TEST(RunningText, KeepsTheCurrentUnitInSight) {
  const std::vector<std::vector<std::string>> texts{
      words(" word", 300),           // many lines
      words("\nline", 60),           // a line each
      words("图中红色的方块", 100),  // no blanks
      words(" مربع أحمر", 80),       // from right to left
      {std::string(400, 'W'), "x"},  // broken within a unit
      {"a", "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n", "b"},
  };
  for (const auto& units : texts) {
    const RunningText text(units, {.points = 20.0}, 300);
    for (size_t current = 0; current < units.size(); ++current) {
      ASSERT_GT(blue_pixels(text.draw(120, current, colours(current))), 4) << units.front() << " at " << current;
    }
    EXPECT_EQ(text.unknown_glyphs(), 0);
  }
}

TEST(RunningText, ShowsWhatIsWrittenAndNothingMore) {
  const std::vector<std::string> units{"One", " two", " three"};
  const RunningText text(units, {.points = 20.0}, 300);
  EXPECT_EQ(red_pixels(text.draw(60, 0, colours(0))), 0);
  const int one = red_pixels(text.draw(60, 1, colours(1)));
  EXPECT_GT(one, 50);
  EXPECT_GT(red_pixels(text.draw(60, 2, colours(2))), one + 50);
}

TEST(RunningText, LettersStandStill) {
  // A letter takes the place that it has in the finished word and line.
  const std::vector<std::string> units{"A long", " li", "ne", " that", " is", " wrapped"};
  const RunningText text(units, {.points = 20.0}, 110);
  const std::vector<Rgb> black(units.size(), drawing::kBlack);
  const Raster finished = text.draw(100, units.size() - 1, black);
  for (size_t current = 0; current + 1 < units.size(); ++current) {
    const Raster panel = text.draw(100, current, std::vector<Rgb>(current + 1, drawing::kBlack));
    for (int y = 0; y < panel.height(); ++y) {
      for (int x = 0; x < panel.width(); ++x) {
        if (panel.pixel(x, y) == drawing::kBlack) {
          ASSERT_EQ(finished.pixel(x, y), drawing::kBlack) << current;
        }
      }
    }
  }
}

TEST(RunningText, AUnitWithoutLettersIsABar) {
  const std::vector<std::string> units{"of", "", "\n", "fice", " "};
  const RunningText text(units, {.points = 20.0}, 300);
  for (const size_t current : {1u, 2u, 4u}) {
    EXPECT_GT(blue_pixels(text.draw(60, current, colours(current))), 10) << current;
  }
}

TEST(RunningText, LigaturesDoNotJoinTokens) {
  const RunningText apart(std::vector<std::string>{"of", "fice"}, {.points = 20.0}, 300);
  EXPECT_GT(red_pixels(apart.draw(60, 1, colours(1))), 30);
  EXPECT_GT(blue_pixels(apart.draw(60, 1, colours(1))), 30);
}

TEST(RunningText, IsTheSameTwice) {
  const std::vector<std::string> units = words(" 方块 word", 60);
  const RunningText a(units, {.points = 17.0}, 250), b(units, {.points = 17.0}, 250);
  for (const size_t current : {0u, 30u, 59u}) {
    EXPECT_TRUE(same(a.draw(90, current, colours(current)), b.draw(90, current, colours(current))));
  }
}

TEST(Displayable, KeepsLinesAndNothingThatCannotBeShown) {
  EXPECT_EQ(displayable("a\tb\r\nc"), "a b\nc");
  EXPECT_EQ(displayable(std::string_view("a\x01\xFF", 3)), "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(displayable("方块"), "方块");
}

}  // namespace
}  // namespace ocellus::mp4
