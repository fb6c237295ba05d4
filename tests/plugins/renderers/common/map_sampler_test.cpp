#include "plugins/renderers/common/map_sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ocellus/sdk/error.hpp>
#include <vector>

namespace ocellus::drawing {
namespace {

std::vector<float> sample(const ScalarMap& map, const Extent& extent, int width, int height, Interpolation how) {
  MapSampler sampler(map, extent, width, height, how);
  std::vector<float> out(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    sampler.sample_row(y, std::span(out).subspan(row, static_cast<std::size_t>(width)));
  }
  return out;
}

TEST(MapSampler, BilinearAgreesWithTorchInterpolate) {
  const std::vector<float> values{0, 4, 1, 2, 8, 3};
  // torch.nn.functional.interpolate(size=(5, 7), mode="bilinear", align_corners=False)
  const std::vector<float> expected{
      0.0000000F, 0.5714286F, 2.2857144F, 4.0000000F, 2.7142856F, 1.4285712F, 1.0000000F,  //
      0.2000000F, 0.8000001F, 2.6000001F, 4.4000001F, 3.0285714F, 1.6571426F, 1.2000000F,  //
      1.0000000F, 1.7142859F, 3.8571429F, 6.0000000F, 4.2857141F, 2.5714283F, 2.0000000F,  //
      1.8000001F, 2.6285715F, 5.1142859F, 7.6000004F, 5.5428572F, 3.4857140F, 2.8000000F,  //
      2.0000000F, 2.8571429F, 5.4285717F, 8.0000000F, 5.8571429F, 3.7142854F, 3.0000000F};
  const std::vector<float> sampled = sample({values, 2, 3}, {}, 7, 5, Interpolation::bilinear);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(sampled[i], expected[i], 2e-6F) << i;
}

TEST(MapSampler, BilinearFollowsTheFormulaUnderACroppedExtent) {
  const std::vector<float> values{1, 5, 9, -3};
  const Extent extent{0.25, 0.0, 0.75, 1.0};
  const int width = 40;
  const std::vector<float> sampled = sample({values, 1, 4}, extent, width, 1, Interpolation::bilinear);
  for (int x = 0; x < width; ++x) {
    const double place = (x + 0.5) / width;
    const float value = sampled[static_cast<std::size_t>(x)];
    if (place < 0.25 || place >= 0.75) {
      EXPECT_TRUE(std::isnan(value)) << x;
      continue;
    }
    const double u = (place - 0.25) / 0.5 * 4 - 0.5;
    const auto at = [&values](double k) { return values[static_cast<std::size_t>(std::clamp(k, 0.0, 3.0))]; };
    const double left = std::floor(u);
    EXPECT_NEAR(value, at(left) * (1 - (u - left)) + at(left + 1) * (u - left), 1e-5) << x;
  }
}

TEST(MapSampler, NearestKeepsWholeCellsAlsoUnderPadding) {
  // A square model input holds a 2:1 picture: a quarter of the map's rows above it and below it is padding.
  std::vector<float> values(16);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const std::vector<float> sampled = sample({values, 4, 4}, {0.0, -0.5, 1.0, 1.5}, 8, 4, Interpolation::nearest);
  const std::vector<float> expected{4, 4, 5, 5, 6,  6,  7,  7,  4, 4, 5, 5, 6,  6,  7,  7,  //
                                    8, 8, 9, 9, 10, 10, 11, 11, 8, 8, 9, 9, 10, 10, 11, 11};
  EXPECT_EQ(sampled, expected);
}

TEST(CellEdges, EveryPixelBelongsToExactlyOneCell) {
  for (int cells = 1; cells <= 40; ++cells) {
    for (const int pixels : {1, 3, 28, 224, 451, 641, 1000}) {
      const std::vector<int> edges = cell_edges(cells, 0.0, 1.0, pixels);
      ASSERT_EQ(edges.size(), static_cast<std::size_t>(cells) + 1);
      EXPECT_EQ(edges.front(), 0);
      EXPECT_EQ(edges.back(), pixels);
      EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
      for (int k = 0; k <= cells; ++k) {
        const int rounded = (2 * k * pixels + cells) / (2 * cells);  // k * pixels / cells, halves up
        EXPECT_EQ(edges[static_cast<std::size_t>(k)], rounded) << k << " of " << cells << " in " << pixels;
      }
    }
  }
}

// Paints one cell and finds it again: its pixels are those whose centres lie in the cell's rectangle.
void find_painted_cell(int rows, int columns, int width, int height, int row, int column) {
  SCOPED_TRACE(testing::Message() << rows << "x" << columns << " cells on " << width << "x" << height << ", cell "
                                  << row << "," << column);
  std::vector<float> values(static_cast<std::size_t>(rows * columns), 0.0F);
  values[static_cast<std::size_t>(row * columns + column)] = 1.0F;
  const ScalarMap map{values, rows, columns};
  const std::vector<float> cells = sample(map, {}, width, height, Interpolation::nearest);
  const std::vector<float> smooth = sample(map, {}, width, height, Interpolation::bilinear);
  const auto brightest = std::max_element(smooth.begin(), smooth.end()) - smooth.begin();
  EXPECT_EQ(static_cast<int>(brightest % width * columns / width), column);
  EXPECT_EQ(static_cast<int>(brightest / width * rows / height), row);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool inside = (x + 0.5) * columns >= column * width && (x + 0.5) * columns < (column + 1.0) * width &&
                          (y + 0.5) * rows >= row * height && (y + 0.5) * rows < (row + 1.0) * height;
      ASSERT_EQ(cells[static_cast<std::size_t>(y * width + x)], inside ? 1.0F : 0.0F) << x << "," << y;
    }
  }
}

TEST(MapSampler, FindsAPaintedCellInLandscapeAndPortrait) {
  find_painted_cell(6, 9, 252, 168, 1, 7);
  find_painted_cell(9, 6, 168, 252, 7, 1);
  find_painted_cell(5, 11, 320, 131, 4, 0);
  find_painted_cell(11, 5, 131, 320, 0, 4);
}

TEST(MapSampler, AMapOfOneCellIsFlat) {
  const std::vector<float> one{0.25F};
  for (const float value : sample({one, 1, 1}, {}, 9, 4, Interpolation::bilinear)) EXPECT_EQ(value, 0.25F);
}

TEST(MapSampler, RefusesWhatIsNoMap) {
  const auto refused = [](const ScalarMap& map, const Extent& extent) {
    try {
      MapSampler(map, extent, 4, 4, Interpolation::bilinear);
    } catch (const Error& error) {
      return error.status() == OC_E_INTERNAL;
    }
    return false;
  };
  std::vector<float> values{1, 2, 3, 4};
  EXPECT_FALSE(refused({values, 2, 2}, {}));
  EXPECT_TRUE(refused({values, 2, 3}, {}));
  EXPECT_TRUE(refused({{}, 0, 0}, {}));
  EXPECT_TRUE(refused({values, -2, -2}, {}));
  EXPECT_TRUE(refused({values, 2, 2}, {0.5, 0.0, 0.5, 1.0}));
  values[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(refused({values, 2, 2}, {}));
  values[2] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(refused({values, 2, 2}, {}));
}

}  // namespace
}  // namespace ocellus::drawing
