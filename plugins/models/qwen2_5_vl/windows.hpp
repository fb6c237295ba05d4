// The order in which the vision tower works: windows of merge units (merge_size x merge_size patches) one after
// another.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/patch_grid.hpp"

namespace ocellus::qwen2_5_vl {

struct WindowOrder {
  std::vector<int64_t> units;           // which unit, in raster order over all images, stands at each place
  std::vector<int64_t> window_patches;  // patches of each window, in that order
  std::vector<int64_t> frame_patches;   // patches of each frame of each image: what full attention sees at once
};

// Windows are clipped at the right and lower border of a frame and never reach over it.
WindowOrder window_order(std::span<const PatchGrid> grids, const VisionConfig& vision);

}  // namespace ocellus::qwen2_5_vl
