// Where the patches of a CLIP tower lie in the picture they were cut from.
#pragma once

#include <ocellus/abi/layout.h>

#include <cstdint>
#include <vector>

#include "plugins/models/common/clip/config.hpp"
#include "plugins/models/common/image/clip_processor.hpp"

namespace ocellus::models {

oc_grid clip_grid(const ClipGeometry& geometry, const ClipVisionConfig& config, int32_t image);

// Appends the cells of a picture whose first patch is token `first`: inside the source where it was cropped, and partly
// outside where it was padded.
void append_clip_cells(std::vector<oc_cell>& cells, const ClipGeometry& geometry, const ClipVisionConfig& config,
                       int32_t image, int64_t first);

}  // namespace ocellus::models
