// A picture as the vision tower cuts it up.
#pragma once

#include <cstdint>

#include "plugins/models/qwen2_5_vl/config.hpp"

namespace ocellus::qwen2_5_vl {

// One picture in patches, as image_grid_thw says it: a still picture has one frame.
struct PatchGrid {
  int64_t frames, height, width;

  int64_t patches() const { return frames * height * width; }
  int64_t units(const VisionConfig& vision) const { return patches() / vision.patches_per_unit(); }
};

}  // namespace ocellus::qwen2_5_vl
