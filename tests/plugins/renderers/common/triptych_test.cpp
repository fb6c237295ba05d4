// Source, map alone and overlay in one figure.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "plugins/renderers/common/figure.hpp"

namespace ocellus::drawing {
namespace {

const Colormap& viridis = Colormap::by_name("viridis");  // has no white

struct Picture {
  int width, height;
  std::vector<std::uint8_t> rgb;

  Picture(int w, int h) : width(w), height(h) {
    for (int i = 0; i < w * h * 3; ++i) rgb.push_back(static_cast<std::uint8_t>(i * 7));
  }
};

FigureSpec spec_of(const Picture& picture, const std::vector<float>& values, int rows, int columns) {
  FigureSpec spec;
  spec.views = {{.source = {picture.rgb, picture.width, picture.height}, .map = {values, rows, columns}}};
  spec.colormap = &viridis;
  spec.dpi = 100.0;
  spec.picture_inches = std::max(picture.width, picture.height) / spec.dpi;
  spec.title = {"Q: What is on the right?"};
  spec.value_label = "attention";
  return spec;
}

const std::vector<float> kSquare{0, 1, 2, 3};

void expect_same(const Figure& a, const PixelRect& at_a, const Figure& b, const PixelRect& at_b) {
  ASSERT_EQ(at_a.width, at_b.width);
  ASSERT_EQ(at_a.height, at_b.height);
  for (int y = 0; y < at_a.height; ++y) {
    for (int x = 0; x < at_a.width; ++x)
      ASSERT_EQ(a.canvas.pixel(at_a.x + x, at_a.y + y), b.canvas.pixel(at_b.x + x, at_b.y + y)) << x << "," << y;
  }
}

TEST(Triptych, ShowsSourceMapAndOverlayFromLeftToRight) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture, kSquare, 2, 2);
  spec.views[0].extent = {0.25, 0.0, 0.75, 1.0};
  const Figure figure = draw_triptych(spec), panel = draw_panel(spec);
  ASSERT_EQ(figure.sources.size(), 1U);
  ASSERT_EQ(figure.grids.size(), 1U);
  ASSERT_EQ(figure.maps.size(), 1U);
  ASSERT_EQ(figure.colour_bars.size(), 1U);
  expect_same(figure, figure.sources[0], panel, panel.sources[0]);
  expect_same(figure, figure.maps[0], panel, panel.maps[0]);
  const PixelRect source = figure.sources[0], grid = figure.grids[0], bar = figure.colour_bars[0], map = figure.maps[0];
  EXPECT_LT(source.x + source.width, grid.x);
  EXPECT_LT(grid.x + grid.width, bar.x);
  EXPECT_LT(bar.x + bar.width, map.x);
  EXPECT_EQ(bar.height, grid.height);
  for (const PixelRect& rect : {grid, bar, map}) EXPECT_EQ(rect.y, source.y);
}

TEST(Triptych, TheMapIsASquareACell) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture, kSquare, 2, 2);
  spec.views[0].extent = {0.25, 0.0, 0.75, 1.0};
  const Figure figure = draw_triptych(spec);
  const PixelRect grid = figure.grids[0];
  EXPECT_EQ(grid.width, 200);
  EXPECT_EQ(grid.height, 200);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 200; ++x) {
      const int cell = (y / 100) * 2 + x / 100;
      ASSERT_EQ(figure.canvas.pixel(grid.x + x, grid.y + y), viridis(static_cast<float>(cell) / 3.0F)) << x << "," << y;
    }
  }
  const std::vector<float> wide(12, 1.0F);
  EXPECT_EQ(draw_triptych(spec_of(picture, wide, 2, 6)).grids[0].width, 300);
  EXPECT_EQ(draw_triptych(spec_of(picture, wide, 2, 6)).grids[0].height, 100);
  EXPECT_EQ(draw_triptych(spec_of(picture, wide, 4, 3)).grids[0].width, 150);
  EXPECT_EQ(draw_triptych(spec_of(picture, wide, 4, 3)).grids[0].height, 200);
}

TEST(Triptych, APanoramasMapIsLargeEnoughToRead) {
  const Picture picture(600, 30);
  const Figure figure = draw_triptych(spec_of(picture, kSquare, 2, 2));
  EXPECT_GE(figure.grids[0].height, 130);
  EXPECT_EQ(figure.sources[0].height, 30);
  EXPECT_EQ(figure.sources[0].y, figure.maps[0].y);
  EXPECT_NEAR(figure.sources[0].y + 15, figure.grids[0].y + figure.grids[0].height / 2, 1);
}

TEST(Triptych, MarksKeepTheirPlaceAmongTheCells) {
  const Picture picture(400, 200);
  FigureSpec spec = spec_of(picture, kSquare, 2, 2);
  spec.views[0].extent = {0.25, 0.0, 0.75, 1.0};
  constexpr Rgb colour{0, 230, 255};
  const auto outlined = [&](const Extent& box) {
    spec.views[0].marks = {{box, colour}};
    const Figure figure = draw_triptych(spec);
    const PixelRect grid = figure.grids[0];
    int count = 0;
    for (int y = 0; y < grid.height; ++y) {
      for (int x = 0; x < grid.width; ++x) {
        const Rgb found = figure.canvas.pixel(grid.x + x, grid.y + y);
        if (found.g < 130 || found.b < 150) continue;  // no colour of these cells
        ++count;
        EXPECT_GE(x, 98);  // the cell at the lower right
        EXPECT_GE(y, 98);
      }
    }
    return count;
  };
  EXPECT_GT(outlined({0.5, 0.5, 0.75, 1.0}), 200);
  EXPECT_EQ(outlined({0.8, 0.5, 0.95, 1.0}), 0);  // where there is no map
}

TEST(Triptych, SeveralViewsStandBesideEachOther) {
  const Picture wide(300, 200), high(200, 300);
  FigureSpec spec = spec_of(wide, kSquare, 2, 2);
  spec.views.push_back({.source = {high.rgb, high.width, high.height}, .map = {kSquare, 2, 2}});
  const Figure figure = draw_triptych(spec);
  ASSERT_EQ(figure.grids.size(), 2U);
  for (std::size_t view = 0; view < 2; ++view) {
    const PixelRect source = figure.sources[view], grid = figure.grids[view], map = figure.maps[view];
    EXPECT_LT(source.y + source.height, grid.y);
    EXPECT_LT(grid.y + grid.height, map.y);
    EXPECT_EQ(source.x, map.x);
    EXPECT_GT(figure.colour_bars[view].x, grid.x + grid.width);
  }
  EXPECT_LT(figure.colour_bars[0].x + figure.colour_bars[0].width, figure.grids[1].x);
}

TEST(Triptych, OfADegenerateMapHasNoColours) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture, kSquare, 2, 2);
  spec.views[0].degenerate = "This layer does not see the question.";
  const Figure figure = draw_triptych(spec);
  EXPECT_TRUE(figure.colour_bars.empty());
  const PixelRect grid = figure.grids[0];
  int coloured = 0, lines = 0;
  for (int y = 0; y < grid.height; ++y) {
    for (int x = 0; x < grid.width; ++x) {
      const Rgb found = figure.canvas.pixel(grid.x + x, grid.y + y);
      coloured += found.r != found.g || found.g != found.b ? 1 : 0;
      lines += found.r < 120 ? 1 : 0;
    }
  }
  EXPECT_EQ(coloured, 0);
  EXPECT_GT(lines, 1000);
}

}  // namespace
}  // namespace ocellus::drawing
