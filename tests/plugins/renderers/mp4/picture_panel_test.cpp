#include "plugins/renderers/mp4/picture_panel.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace ocellus::mp4 {
namespace {

using drawing::kBlack;
using drawing::kWhite;
using drawing::PixelRect;
using drawing::Raster;
using drawing::Rgb;

constexpr Rgb kSource{200, 30, 160};

struct Picture {
  std::vector<std::uint8_t> rgb;
  int width, height;
  Picture(int w, int h) : width(w), height(h) {
    for (int i = 0; i < w * h; ++i) rgb.insert(rgb.end(), {kSource.r, kSource.g, kSource.b});
  }
  PanelPicture panel(int rows, int columns, drawing::Extent extent = {}) const {
    return {{rgb, width, height}, rows, columns, extent, ""};
  }
};

PanelStyle bare(double alpha = 1.0) {
  PanelStyle style;
  style.ramp = {{255, 0, 0}, {0, 255, 0}, 1.0};
  style.alpha = alpha;
  style.grid = false;
  return style;
}

// One hot cell after the other: which pixels are its.
TEST(PictureTile, EveryPixelBelongsToOneCell) {
  const Picture picture(101, 67);  // neither side is a multiple
  const int rows = 4, columns = 6;
  const PictureTile tile(picture.panel(rows, columns), 101, 67, bare());
  std::vector<int> owners(101 * 67, 0);
  for (int cell = 0; cell < rows * columns; ++cell) {
    std::vector<float> values(rows * columns, 0.0F);
    values[static_cast<size_t>(cell)] = 1.0F;
    const Raster drawn = tile.draw(values, {0.0F, 1.0F});
    const int r = cell / columns, c = cell % columns;
    const auto edge = [](int k, int n, int side) { return (2 * k * side + n) / (2 * n); };  // rounded
    for (int y = 0; y < 67; ++y) {
      for (int x = 0; x < 101; ++x) {
        const bool inside = x >= edge(c, columns, 101) && x < edge(c + 1, columns, 101) && y >= edge(r, rows, 67) &&
                            y < edge(r + 1, rows, 67);
        ASSERT_EQ(drawn.pixel(x, y), inside ? (Rgb{0, 255, 0}) : (Rgb{255, 0, 0})) << cell << ": " << x << ", " << y;
        owners[static_cast<size_t>(y * 101 + x)] += inside ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(std::set<int>(owners.begin(), owners.end()), std::set<int>{1});
}

TEST(PictureTile, CellsLieOverThePicture) {
  const Picture picture(40, 40);
  const std::vector<float> values{0.0F, 1.0F};
  const Raster drawn = PictureTile(picture.panel(1, 2), 40, 40, bare(0.5)).draw(values, {0.0F, 1.0F});
  EXPECT_EQ(drawn.pixel(0, 0), (Rgb{228, 15, 80}));
  EXPECT_EQ(drawn.pixel(39, 39), (Rgb{100, 143, 80}));
}

TEST(PictureTile, OutsideTheCellsIsThePicture) {
  const Picture picture(40, 40);
  const std::vector<float> values{1.0F};
  const Raster drawn =
      PictureTile(picture.panel(1, 1, {0.25, 0.0, 0.75, 1.0}), 40, 40, bare()).draw(values, {0.0F, 1.0F});
  EXPECT_EQ(drawn.pixel(9, 20), kSource);
  EXPECT_EQ(drawn.pixel(10, 20), (Rgb{0, 255, 0}));
  EXPECT_EQ(drawn.pixel(29, 20), (Rgb{0, 255, 0}));
  EXPECT_EQ(drawn.pixel(30, 20), kSource);
}

TEST(PictureTile, LinesPartCellsThatAreLargeEnough) {
  const Picture picture(40, 40);
  PanelStyle style = bare();
  style.grid = true;
  const std::vector<float> four(16, 1.0F), many(400, 1.0F);
  const Raster drawn = PictureTile(picture.panel(4, 4), 40, 40, style).draw(four, {0.0F, 1.0F});
  EXPECT_EQ(drawn.pixel(0, 5), (Rgb{0, 255, 0}));
  EXPECT_EQ(drawn.pixel(9, 5), (Rgb{0, 255, 0}));
  EXPECT_EQ(drawn.pixel(10, 5), (Rgb{0, 128, 0}));
  EXPECT_EQ(drawn.pixel(5, 30), (Rgb{0, 128, 0}));
  const Raster small = PictureTile(picture.panel(20, 20), 40, 40, style).draw(many, {0.0F, 1.0F});
  EXPECT_EQ(small.pixel(10, 5), (Rgb{0, 255, 0}));
}

TEST(PictureTile, GammaLiftsSmallDifferences) {
  const Picture picture(20, 10);
  PanelStyle style = bare();
  style.ramp.gamma = 0.4;
  const Raster drawn =
      PictureTile(picture.panel(1, 2), 20, 10, style).draw(std::vector<float>{0.1F, 1.0F}, {0.0F, 1.0F});
  EXPECT_EQ(drawn.pixel(0, 0), (Rgb{153, 102, 0}));  // 0.1 ^ 0.4 = 0.398
}

TEST(PicturePanel, TilesPicturesOfDifferentSize) {
  const Picture wide(300, 100), tall(50, 200);
  const std::vector<PanelPicture> pictures{wide.panel(2, 6), tall.panel(8, 2)};
  const PicturePanel panel(pictures, 400, 300, bare());
  for (size_t k = 0; k < 2; ++k) {
    const PixelRect place = panel.place(k);
    EXPECT_GE(place.x, 0);
    EXPECT_GE(place.y, 0);
    EXPECT_LE(place.x + place.width, 400);
    EXPECT_LE(place.y + place.height, 300);
    EXPECT_NEAR(1.0 * place.width / place.height, 1.0 * pictures[k].source.width / pictures[k].source.height, 0.05);
  }
  const PixelRect a = panel.place(0), b = panel.place(1);
  EXPECT_TRUE(a.x + a.width <= b.x || a.y + a.height <= b.y);
}

TEST(PicturePanel, FramesAreDrawnWhereTheyBelong) {
  const Picture picture(100, 100);
  const std::vector<PanelPicture> pictures{picture.panel(1, 1), picture.panel(1, 1)};
  const PicturePanel panel(pictures, 210, 100, bare(0.0));
  drawing::Canvas canvas(230, 120);
  const std::vector<float> values{1.0F};
  const std::vector<std::span<const float>> cells{values, values};
  const std::vector<PanelBox> boxes{{1, {0.2, 0.4, 0.6, 0.8}}};
  panel.draw(canvas, 10, 10, cells, {0.0F, 1.0F}, boxes);
  const PixelRect first = panel.place(0), second = panel.place(1);
  const auto at = [&](const PixelRect& place, double x, double y) {
    return canvas.pixel(10 + place.x + static_cast<int>(x * place.width),
                        10 + place.y + static_cast<int>(y * place.height));
  };
  EXPECT_EQ(at(second, 0.2, 0.6), (Rgb{0, 230, 255}));
  EXPECT_EQ(at(second, 0.4, 0.6), kSource);
  EXPECT_EQ(at(first, 0.2, 0.6), kSource);
}

}  // namespace
}  // namespace ocellus::mp4
