// The sizes of a CLIP vision tower.
#pragma once

#include <cstdint>

#include "plugins/models/common/config/activation.hpp"
#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::models {

struct ClipVisionConfig {
  int64_t hidden_size, intermediate_size, layers, heads, head_dim;
  int64_t channels, image_size, patch_size;  // pixels
  double layer_norm_eps;
  Activation activation;

  int64_t grid() const { return image_size / patch_size; }  // patches along a side
  int64_t patches() const { return grid() * grid(); }
  int64_t tokens() const { return patches() + 1; }  // of one image: the class token, then patches in raster order
};

// Missing fields take the defaults of CLIPVisionConfig. Throws Error(OC_E_MODEL) naming the field.
ClipVisionConfig read_clip_vision_config(const JsonFields& fields);

}  // namespace ocellus::models
