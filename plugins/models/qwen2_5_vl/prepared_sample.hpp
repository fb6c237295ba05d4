// One sample as the network is given it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/qwen2_5_vl/patch_grid.hpp"
#include "plugins/models/qwen2_5_vl/positions.hpp"

namespace ocellus::qwen2_5_vl {

struct PreparedSample final : models::PreparedSample {
  std::vector<PatchGrid> grids;     // of each image
  std::vector<int64_t> grid_sizes;  // the same as image_grid_thw has them
  std::vector<float> pixel_values;  // [patches of all images, patch_elements]

  std::span<const float> pixels() const override { return pixel_values; }
  std::vector<models::ModelInput> inputs() const override {
    const auto images = static_cast<int64_t>(grids.size());
    const int64_t width = tower_tokens > 0 ? static_cast<int64_t>(pixel_values.size()) / tower_tokens : 0;
    return {{"input_ids", prompt.ids, {tokens()}},
            {"pixel_values", pixel_values, {tower_tokens, width}},
            {"image_grid_thw", grid_sizes, {images, 3}},
            {"position_ids", positions.axes, {3, tokens()}}};
  }
};

}  // namespace ocellus::qwen2_5_vl
