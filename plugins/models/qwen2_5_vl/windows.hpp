// Where patches stand: in the order of pixel_values, and in windows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/patch_grid.hpp"

namespace ocellus::qwen2_5_vl {

// Patches are numbered in raster order of a frame, frames and images one after another: the tokens of the stack
// "vision". pixel_values holds them by merge units (merge_size x merge_size patches), and the merger takes them so.
// Gives the number of the patch at each place of that order.
std::vector<int64_t> patches_by_unit(std::span<const PatchGrid> grids, const VisionConfig& vision);

struct WindowOrder {
  std::vector<int64_t> units;           // by windows one after another; units are numbered in raster order, as patches
  std::vector<int64_t> window_patches;  // patches of each window, in that order
};

// Windows are clipped at the right and lower border of a frame and never reach over it.
WindowOrder window_order(std::span<const PatchGrid> grids, const VisionConfig& vision);

}  // namespace ocellus::qwen2_5_vl
