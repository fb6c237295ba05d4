// One sample as the network is given it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/image/clip_processor.hpp"

namespace ocellus::llava {

struct PreparedSample final : models::PreparedSample {
  std::vector<models::ClipGeometry> geometries;  // of each image
  std::vector<int64_t> grid_sizes;               // [images, 3]: one frame, rows and columns of patches
  std::vector<float> pixel_values;               // [images, 3, image_size, image_size]
  int64_t image_size = 0;

  std::span<const float> pixels() const override { return pixel_values; }
  // image_grid_thw is no input of transformers' class: methods that ask every model for it get what it means elsewhere.
  std::vector<models::ModelInput> inputs() const override {
    const auto images = static_cast<int64_t>(geometries.size());
    return {{"input_ids", prompt.ids, {tokens()}},
            {"pixel_values", pixel_values, {images, 3, image_size, image_size}},
            {"image_grid_thw", grid_sizes, {images, 3}},
            {"position_ids", positions.axes, {tokens()}}};
  }
};

}  // namespace ocellus::llava
