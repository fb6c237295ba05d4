// What the tokens of a prepared sample are and where they lie, told to the host.
#pragma once

#include <ocellus/abi/sample.h>

#include <ocellus/sdk/model.hpp>
#include <span>

#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/prepared_sample.hpp"

namespace ocellus::qwen2_5_vl {

// Publishes the layouts of "language" (the prompt), "vision" (patches) and "projector" (merged features), the latter
// two in raster order, all images one after another. A picture is resized as a whole, so that a cell is the same share
// of the source as of the grid.
void publish_layouts(const Sink& sink, const Config& config, const PreparedSample& prepared,
                     std::span<const oc_image> images);

}  // namespace ocellus::qwen2_5_vl
