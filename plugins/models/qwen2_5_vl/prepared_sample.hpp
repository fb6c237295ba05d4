// One sample as the network is given it.
#pragma once

#include <cstdint>
#include <ocellus/sdk/model.hpp>
#include <vector>

#include "plugins/models/qwen2_5_vl/patch_grid.hpp"
#include "plugins/models/qwen2_5_vl/positions.hpp"
#include "plugins/models/qwen2_5_vl/prompt.hpp"

namespace ocellus::qwen2_5_vl {

struct PreparedSample final : Model::Prepared {
  Prompt prompt;
  Positions positions;
  std::vector<PatchGrid> grids;     // of each image
  std::vector<float> pixel_values;  // [patches of all images, patch_elements]

  int64_t tokens() const { return static_cast<int64_t>(prompt.ids.size()); }
  int64_t patches() const {
    int64_t count = 0;
    for (const PatchGrid& grid : grids) count += grid.patches();
    return count;
  }
};

}  // namespace ocellus::qwen2_5_vl
