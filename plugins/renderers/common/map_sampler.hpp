// From the cells of a map to one value for every pixel of a picture.
#pragma once

#include <span>
#include <vector>

namespace ocellus::drawing {

// Borrowed raw values of one map, row-major [height, width]; values.size() == height * width.
struct ScalarMap {
  std::span<const float> values;
  int height = 0;
  int width = 0;
};

// Throws OC_E_INTERNAL for sizes that contradict each other and for values that are not finite.
void check(const ScalarMap& map);

// Where something lies in a picture, as fractions of its width and height. The extent of a map leaves [0, 1] where the
// model padded the picture and stays inside it where the model cropped.
struct Extent {
  double x0 = 0.0;
  double y0 = 0.0;
  double x1 = 1.0;
  double y1 = 1.0;
};

// Around all of the rectangles `corners`, x0 y0 x1 y1 each; there must be one.
Extent bounds_of(std::span<const float> corners);

enum class Interpolation { bilinear, nearest };

// The `cells + 1` pixel edges of equal cells that fill [begin, end) of a side `pixels` long (fractions of that side),
// each rounded to the nearest pixel and clamped to the side. Cell k owns the pixels [edges[k], edges[k+1]), so cells
// that fill the whole side own every pixel exactly once.
std::vector<int> cell_edges(int cells, double begin, double end, int pixels);

// Samples a map on the pixel grid of a picture of width x height pixels, row by row.
//
// bilinear: half-pixel centres and clamped edges, the convention of cv2.resize(..., INTER_LINEAR): the pixel at x has
//   the map coordinate u = ((x + 0.5) / width - x0) / (x1 - x0) * map.width - 0.5.
// nearest: whole cells, cut at `cell_edges`.
class MapSampler {
 public:
  // Keeps a view of map.values. Throws what `check` throws, and OC_E_INTERNAL for an extent without area.
  MapSampler(const ScalarMap& map, const Extent& extent, int width, int height, Interpolation interpolation);

  // Raw values of pixel row y into out[width]; NaN where the map does not reach. Fast for rows in ascending order.
  void sample_row(int y, std::span<float> out);

 private:
  // The two cells a pixel lies between and the share of the second; `first` < 0 = outside the map.
  struct Tap {
    int first = -1;
    int second = -1;
    float share = 0.0F;
  };

  // A row of cells spread over the columns of pixels.
  struct SpreadRow {
    int row = -1;
    std::vector<float> values;
  };

  void spread(int row, SpreadRow& out) const;

  static std::vector<Tap> linear_taps(int cells, double begin, double end, int pixels);
  static std::vector<Tap> nearest_taps(int cells, double begin, double end, int pixels);

  ScalarMap map_;
  std::vector<Tap> columns_;
  std::vector<Tap> rows_;
  SpreadRow upper_;  // of the last call
  SpreadRow lower_;
};

}  // namespace ocellus::drawing
