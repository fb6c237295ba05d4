// One sample as the tower is given it.
#pragma once

#include <cstdint>
#include <ocellus/sdk/model.hpp>
#include <span>
#include <vector>

#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/image/clip_processor.hpp"
#include "plugins/models/qavit/question.hpp"

namespace ocellus::qavit {

// The prompt has no tokens: there is no language model.
struct PreparedSample final : models::PreparedSample {
  std::vector<models::ClipGeometry> geometries;  // of each image
  std::vector<int64_t> grid_sizes;               // [images, 3]: one frame, rows and columns of patches
  std::vector<float> pixel_values;               // [images, 3, image_size, image_size]
  int64_t image_size = 0;
  Question question;  // without ids for a plain CLIP

  int64_t images() const { return static_cast<int64_t>(geometries.size()); }
  int64_t image_tokens() const { return tower_tokens - static_cast<int64_t>(question.ids.size()); }
  std::span<const float> pixels() const override { return pixel_values; }
  std::vector<models::ModelInput> inputs() const override {
    return {{"input_ids", question.ids, {static_cast<int64_t>(question.ids.size())}},
            {"pixel_values", pixel_values, {images(), 3, image_size, image_size}},
            {"image_grid_thw", grid_sizes, {images(), 3}}};
  }
};

}  // namespace ocellus::qavit
