// The lines between the cells of a map, over its picture.
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "plugins/renderers/common/figure.hpp"

namespace ocellus::drawing {
namespace {

constexpr int kGround = 100, kLine = 147;  // 0.3 * 255 + 0.7 * 100, rounded

const std::vector<float> kValues{1, 2, 3, 4, 5, 6};

// A grey picture under a map of 2 x 3 cells that nobody sees, with its borders.
struct Bordered {
  std::vector<std::uint8_t> rgb;
  FigureSpec spec;

  Bordered(int width, int height, const Extent& extent)
      : rgb(static_cast<std::size_t>(width * height * 3), std::uint8_t{kGround}) {
    spec.views = {{.source = {rgb, width, height}, .map = {kValues, 2, 3}, .extent = extent}};
    spec.alpha = 0.0;
    spec.cell_borders = true;
    spec.dpi = 72.0;
    spec.picture_inches = width / spec.dpi;  // in a frame, a source pixel as a pixel
  }
};

// Of lines one pixel wide: dashes of four pixels and gaps of two, from where the map begins.
bool is_dash(int along) {
  return along >= 0 && along % 6 < 4;
}

TEST(CellBorders, BeginWhereTheCellsDo) {
  // Of a wide picture the middle: columns begin at 30, 50 and 70 and end at 90, rows begin at 0 and 40.
  const Bordered bordered(120, 80, {0.25, 0.0, 0.75, 1.0});
  const Figure figure = draw_overlay(bordered.spec);
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 120; ++x) {
      const bool on_column = (x == 30 || x == 50 || x == 70 || x == 90) && is_dash(y);
      const bool on_row = y == 40 && x >= 30 && x < 90 && is_dash(x - 30);
      const Rgb found = figure.canvas.pixel(x, y);
      ASSERT_NEAR(found.r, on_column || on_row ? kLine : kGround, 1) << x << "," << y;
      ASSERT_EQ(found.r, found.b) << x << "," << y;
    }
  }
}

TEST(CellBorders, StayInsideThePictureOfAPaddedMap) {
  // A square padded above and below: rows begin at -30 and 30 and end at 90; the picture ends at 60.
  const Bordered bordered(120, 60, {0.0, -0.5, 1.0, 1.5});
  const Figure figure = draw_overlay(bordered.spec);
  for (int y = 0; y < 60; ++y) {
    EXPECT_NEAR(figure.canvas.pixel(40, y).r, is_dash(y) || (y == 30 && is_dash(40)) ? kLine : kGround, 1) << y;
    EXPECT_NEAR(figure.canvas.pixel(1, y).r, y == 30 ? kLine : kGround, 1) << y;
  }
}

TEST(CellBorders, AreWholePixelsWideInLargePictures) {
  const Bordered bordered(1800, 1200, {});
  const Figure figure = draw_overlay(bordered.spec);
  for (const int x : {597, 598, 601, 602}) EXPECT_EQ(figure.canvas.pixel(x, 2).r, kGround) << x;
  for (const int x : {599, 600}) EXPECT_NEAR(figure.canvas.pixel(x, 2).r, kLine, 1) << x;
}

TEST(CellBorders, AreThereWhereTheMapLiesOverItsPicture) {
  Bordered bordered(300, 200, {});
  const auto is_line = [](const Figure& figure) {
    const PixelRect& map = figure.maps[0];
    return std::abs(figure.canvas.pixel(map.x + 100, map.y + 1).r - kLine) <= 1;
  };
  EXPECT_TRUE(is_line(draw_panel(bordered.spec)));
  EXPECT_TRUE(is_line(draw_contour(bordered.spec)));
  EXPECT_TRUE(is_line(draw_triptych(bordered.spec)));
  const Figure panel = draw_panel(bordered.spec);
  EXPECT_EQ(panel.canvas.pixel(panel.sources[0].x + 100, panel.sources[0].y + 1).r, kGround);
  // The map alone shows its cells by itself.
  FigureSpec plain = bordered.spec;
  plain.cell_borders = false;
  const Figure with = draw_heatmap(bordered.spec), without = draw_heatmap(plain);
  for (int x = 0; x < with.canvas.width(); ++x) {
    for (int y = 0; y < with.canvas.height(); ++y) ASSERT_EQ(with.canvas.pixel(x, y), without.canvas.pixel(x, y));
  }
  EXPECT_FALSE(is_line(draw_panel(plain)));
  // Of a map that means nothing, neither do its cells.
  for (FigureSpec* spec : {&bordered.spec, &plain}) spec->views[0].degenerate = "It means nothing.";
  const Figure hatched = draw_overlay(bordered.spec), expected = draw_overlay(plain);
  for (int x = 0; x < 300; ++x) EXPECT_EQ(hatched.canvas.pixel(x, 50), expected.canvas.pixel(x, 50));
}

}  // namespace
}  // namespace ocellus::drawing
