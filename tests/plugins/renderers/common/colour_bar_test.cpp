#include "plugins/renderers/common/colour_bar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocellus::drawing {
namespace {

using testing::ElementsAre;

TEST(NiceTicks, AreMultiplesOfOneTwoOrFive) {
  EXPECT_THAT(nice_ticks(0.0, 1.0, 6), ElementsAre(0.0, 0.2, 0.4, 0.6, 0.8, 1.0));
  EXPECT_THAT(nice_ticks(0.0, 1.0, 5), ElementsAre(0.0, 0.5, 1.0));
  EXPECT_THAT(nice_ticks(-3.0, 12.0, 5), ElementsAre(0.0, 5.0, 10.0));
  EXPECT_THAT(nice_ticks(1.1e-5, 4.3e-4, 5), ElementsAre(1e-4, 2e-4, 3e-4, 4e-4));
  EXPECT_THAT(nice_ticks(0.0, 7e6, 5), ElementsAre(0.0, 2e6, 4e6, 6e6));
  EXPECT_THAT(nice_ticks(0.25, 0.25, 5), ElementsAre(0.25));
}

TEST(NiceTicks, StayInsideAndFew) {
  for (double min = -7.3; min < 8.0; min += 1.7) {
    for (double span = 1e-7; span < 1e8; span *= 3.7) {
      const std::vector<double> ticks = nice_ticks(min, min + span, 5);
      ASSERT_FALSE(ticks.empty()) << min << " + " << span;
      ASSERT_LE(ticks.size(), 5U) << min << " + " << span;
      EXPECT_GE(ticks.front(), min - 1e-6 * span) << min << " + " << span;
      EXPECT_LE(ticks.back(), min + 1.000001 * span) << min << " + " << span;
    }
  }
}

TEST(ColourBar, RunsFromTheLastColourDownToTheFirst) {
  const Colormap& map = Colormap::by_name("viridis");
  const ColourBar bar({.colormap = map, .range = {0.0F, 1.0F}, .label = "attention", .height = 300, .dpi = 150.0});
  const int above = bar.overhang_above();
  Canvas canvas(bar.width() + 20, 300 + above + bar.overhang_below() + 20);
  const PixelRect colours = bar.draw(canvas, 10, 10 + above);
  EXPECT_EQ(colours.y, 10 + above);
  EXPECT_EQ(colours.height, 300);
  for (int row = 0; row < 300; ++row) {
    EXPECT_EQ(canvas.pixel(colours.x + colours.width / 2, colours.y + row),
              map(1.0F - static_cast<float>(row) / 299.0F));
  }
}

TEST(ColourBar, IsFramedSoThatWhiteEndsOnWhitePaper) {
  const ColourBar bar(
      {.colormap = Colormap::by_name("hot"), .range = {0.0F, 1.0F}, .label = "attention", .height = 300, .dpi = 150.0});
  Canvas canvas(bar.width() + 20, 360);
  const PixelRect colours = bar.draw(canvas, 10, 30);
  const int right = colours.x + colours.width, bottom = colours.y + colours.height;
  EXPECT_EQ(canvas.pixel(colours.x, colours.y), kWhite);
  for (int x = colours.x; x < right; ++x) {
    EXPECT_LT(canvas.pixel(x, colours.y - 1).r, 100);
    EXPECT_LT(canvas.pixel(x, bottom).r, 100);
  }
  for (int y = colours.y; y < bottom; ++y) {
    EXPECT_LT(canvas.pixel(colours.x - 1, y).r, 100);
    EXPECT_LT(canvas.pixel(right, y).r, 100);
  }
}

TEST(ColourBar, KeepsItsInkInTheRoomItAsksFor) {
  for (const ValueRange range : {ValueRange{0, 1}, {1.23e-5F, 4.56e-4F}, {-2e7F, 3e7F}, {0.5F, 0.5F}}) {
    const ColourBar bar(
        {.colormap = Colormap::by_name("hot"), .range = range, .label = "attention", .height = 200, .dpi = 150.0});
    const int above = bar.overhang_above();
    const int below = bar.overhang_below();
    Canvas canvas(bar.width() + 40, 200 + above + below + 40, {1, 2, 3});
    bar.draw(canvas, 20, 20 + above);
    for (int y = 0; y < canvas.height(); ++y) {
      for (int x = 0; x < canvas.width(); ++x) {
        const bool inside = x >= 20 && x < canvas.width() - 20 && y >= 20 && y < canvas.height() - 20;
        if (!inside) {
          ASSERT_EQ(canvas.pixel(x, y), (Rgb{1, 2, 3})) << x << "," << y << " for " << range.max;
        }
      }
    }
    int ink_beside_the_bar = 0;
    for (int y = 0; y < canvas.height(); ++y) {
      for (int x = canvas.width() / 2; x < canvas.width(); ++x) {
        if (canvas.pixel(x, y) != (Rgb{1, 2, 3})) ++ink_beside_the_bar;
      }
    }
    EXPECT_GT(ink_beside_the_bar, 50);
  }
}

}  // namespace
}  // namespace ocellus::drawing
