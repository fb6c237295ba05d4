// Pictures and grids for tests of masks.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/faithfulness/grid.hpp"
#include "host/media/decoder.hpp"

namespace ocellus::faithfulness {

using Pixel = std::array<uint8_t, 3>;

inline media::Picture picture_of(int width, int height, const std::function<Pixel(int x, int y)>& colour) {
  auto rgb = std::make_shared<uint8_t[]>(static_cast<size_t>(3 * width * height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Pixel pixel = colour(x, y);
      for (int channel = 0; channel < 3; ++channel)
        rgb[static_cast<size_t>(3 * (y * width + x) + channel)] = pixel[static_cast<size_t>(channel)];
    }
  }
  return {width, height, rgb};
}

inline Pixel pixel_at(const media::Picture& picture, int x, int y) {
  const uint8_t* at = picture.rgb.get() + 3 * (y * picture.width + x);
  return {at[0], at[1], at[2]};
}

// Equal cells over the whole picture.
inline std::vector<store::Heatmap::Cell> even_cells(int rows, int cols) {
  const auto share = [](int part, int of) { return static_cast<float>(part) / static_cast<float>(of); };
  std::vector<store::Heatmap::Cell> cells;
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col)
      cells.push_back({share(col, cols), share(row, rows), share(col + 1, cols), share(row + 1, rows)});
  }
  return cells;
}

}  // namespace ocellus::faithfulness
