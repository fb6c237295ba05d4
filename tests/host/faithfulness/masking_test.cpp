#include "host/faithfulness/masking.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "tests/host/faithfulness/pictures.hpp"

namespace ocellus::faithfulness {
namespace {

media::Picture ramp(int width, int height) {
  return picture_of(width, height, [](int x, int y) {
    return Pixel{static_cast<uint8_t>(3 * x), static_cast<uint8_t>(5 * y), static_cast<uint8_t>(x + y)};
  });
}

TEST(Grid, EveryPixelIsInOneCellWhateverTheSizes) {
  for (const auto& [width, height, rows, cols] :
       {std::array{56, 28, 2, 4}, std::array{55, 31, 4, 7}, std::array{13, 17, 5, 6}, std::array{640, 427, 24, 24}}) {
    const Grid grid(even_cells(rows, cols), width, height);
    std::vector<int> covered(static_cast<size_t>(width * height), 0);
    for (const PixelRect& rect : grid.rects()) {
      for (int y = rect.y0; y < rect.y1; ++y) {
        for (int x = rect.x0; x < rect.x1; ++x) ++covered[static_cast<size_t>(y * width + x)];
      }
    }
    EXPECT_THAT(covered, ::testing::Each(1)) << width << " x " << height;
  }
}

TEST(Grid, CellsOutsideOfThePictureAreNotVisible) {
  // A square around a picture that is twice as wide as high: the upper and the lower row are padding.
  std::vector<store::Heatmap::Cell> cells;
  for (const auto& [top, bottom] : {std::pair{-0.5f, 0.0f}, std::pair{0.0f, 1.0f}, std::pair{1.0f, 1.5f}}) {
    cells.push_back({0, top, 0.5f, bottom});
    cells.push_back({0.5f, top, 1, bottom});
  }
  const Grid grid(cells, 40, 20);
  EXPECT_THAT(grid.visible(), ::testing::ElementsAre(2, 3));
  EXPECT_EQ(grid.rects()[3], (PixelRect{20, 0, 40, 20}));
}

TEST(Masked, ChangesThePixelsOfItsCellsAndNoOthers) {
  const media::Picture picture = ramp(42, 30), fill = fill_of(picture, Fill::black);
  const Grid grid(even_cells(3, 4), 42, 30);
  const std::vector<uint32_t> places{0, 6};
  const media::Picture result = masked(picture, fill, grid, places);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 42; ++x) {
      // Columns end at 10.5, 21, 31.5: the pixel whose centre is on an edge belongs to the cell on its right.
      const bool first = x < 10 && y < 10, other = x >= 21 && x < 31 && y >= 10 && y < 20;
      EXPECT_EQ(pixel_at(result, x, y), first || other ? (Pixel{0, 0, 0}) : pixel_at(picture, x, y)) << x << " " << y;
    }
  }
}

TEST(Masked, OfAllCellsIsTheFill) {
  const media::Picture picture = ramp(41, 23), fill = fill_of(picture, Fill::blur);
  const Grid grid(even_cells(5, 3), 41, 23);
  const media::Picture result = masked(picture, fill, grid, grid.visible());
  EXPECT_TRUE(std::equal(fill.rgb.get(), fill.rgb.get() + 3 * 41 * 23, result.rgb.get()));
}

TEST(Fill, MeanIsTheNearestColourToTheMeanOfEachChannel) {
  const media::Picture picture = picture_of(2, 2, [](int x, int y) {
    return Pixel{static_cast<uint8_t>(x == 0 && y == 0 ? 255 : 0), static_cast<uint8_t>(x), 200};
  });
  const media::Picture fill = fill_of(picture, Fill::mean);
  for (const auto& [x, y] : {std::pair{0, 0}, std::pair{1, 1}}) EXPECT_EQ(pixel_at(fill, x, y), (Pixel{64, 1, 200}));
}

TEST(Fill, BlurKeepsOneColourAndSpreadsAnEdge) {
  const media::Picture plain = picture_of(30, 20, [](int, int) { return Pixel{7, 120, 255}; });
  const media::Picture still = fill_of(plain, Fill::blur);
  EXPECT_TRUE(std::equal(plain.rgb.get(), plain.rgb.get() + 3 * 30 * 20, still.rgb.get()));

  // A step in the middle: the radius is 10, and three means in a row reach 30 pixels on each side of it.
  const media::Picture step = picture_of(100, 10, [](int x, int) {
    return Pixel{x < 50 ? uint8_t{0} : uint8_t{200}, 0, 0};
  });
  const media::Picture blurred = fill_of(step, Fill::blur);
  EXPECT_EQ(pixel_at(blurred, 19, 5)[0], 0);
  EXPECT_EQ(pixel_at(blurred, 80, 5)[0], 200);
  EXPECT_NEAR(pixel_at(blurred, 49, 5)[0] + pixel_at(blurred, 50, 5)[0], 200, 1);
  for (int x = 1; x < 100; ++x) EXPECT_GE(pixel_at(blurred, x, 5)[0], pixel_at(blurred, x - 1, 5)[0]) << x;
  const double slope = pixel_at(blurred, 50, 5)[0] - pixel_at(blurred, 49, 5)[0];
  EXPECT_NEAR(slope, 200 / (std::sqrt(2 * 3.14159265) * 10.5), 1);  // of a Gaussian with a deviation of 10.5
}

TEST(Fill, APictureOfOnePixelCanBeBlurred) {
  const media::Picture dot = picture_of(1, 1, [](int, int) { return Pixel{9, 8, 7}; });
  EXPECT_EQ(pixel_at(fill_of(dot, Fill::blur), 0, 0), (Pixel{9, 8, 7}));
}

}  // namespace
}  // namespace ocellus::faithfulness
