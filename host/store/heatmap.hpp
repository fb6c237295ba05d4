// The maps of a heatmap/1 or heatmap-stack/1 artifact, one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::store {

struct Heatmap {
  struct Cell {
    float x0, y0, x1, y1;  // units of the source image
  };
  std::optional<int64_t> layer;
  int64_t rows = 0, cols = 0;
  std::vector<float> values;  // [rows, cols]
  std::vector<Cell> cells;    // [rows, cols]; empty where they are not stored
};

// In the order stored; empty for artifacts that are no maps. `artifact` has passed check_schema.
std::vector<Heatmap> heatmaps_of(const ArtifactData& artifact);

}  // namespace ocellus::store
