// What the tokens of a prepared sample are and where they lie, told to the host.
#pragma once

#include <ocellus/abi/sample.h>

#include <ocellus/sdk/model.hpp>

#include "plugins/models/llava/config.hpp"
#include "plugins/models/llava/prepared_sample.hpp"

namespace ocellus::llava {

// Publishes the layouts of "language" (the prompt), "vision" (of every image the class token, which has no place, and
// the patches) and "projector" (the features), in raster order, all images one after another. Cells lie where the
// pixels they were cut from lie in the source: inside it where it was cropped, and partly outside where it was padded.
void publish_layouts(const Sink& sink, const Config& config, const PreparedSample& prepared);

}  // namespace ocellus::llava
