#include "plugins/models/qwen2_5_vl/windows.hpp"

#include <algorithm>

namespace ocellus::qwen2_5_vl {

std::vector<int64_t> patches_by_unit(std::span<const PatchGrid> grids, const VisionConfig& vision) {
  const int64_t merge = vision.merge_size;
  std::vector<int64_t> patches;
  int64_t base = 0;
  for (const PatchGrid& grid : grids) {
    for (int64_t frame = 0; frame < grid.frames; ++frame, base += grid.height * grid.width) {
      for (int64_t top = 0; top < grid.height; top += merge) {
        for (int64_t left = 0; left < grid.width; left += merge) {
          for (int64_t row = top; row < top + merge; ++row) {
            for (int64_t column = left; column < left + merge; ++column)
              patches.push_back(base + row * grid.width + column);
          }
        }
      }
    }
  }
  return patches;
}

WindowOrder window_order(std::span<const PatchGrid> grids, const VisionConfig& vision) {
  const int64_t side = vision.window_size / vision.merge_size / vision.patch_size;
  WindowOrder order;
  int64_t base = 0;
  for (const PatchGrid& grid : grids) {
    const int64_t height = grid.height / vision.merge_size, width = grid.width / vision.merge_size;
    for (int64_t frame = 0; frame < grid.frames; ++frame, base += height * width) {
      for (int64_t top = 0; top < height; top += side) {
        for (int64_t left = 0; left < width; left += side) {
          const int64_t bottom = std::min(top + side, height), right = std::min(left + side, width);
          for (int64_t row = top; row < bottom; ++row) {
            for (int64_t column = left; column < right; ++column) order.units.push_back(base + row * width + column);
          }
          order.window_patches.push_back((bottom - top) * (right - left) * vision.patches_per_unit());
        }
      }
    }
  }
  return order;
}

}  // namespace ocellus::qwen2_5_vl
