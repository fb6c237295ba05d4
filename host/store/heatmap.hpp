// The maps of a heatmap/1 or heatmap-stack/1 artifact, one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::store {

// What tells a map from others of its artifact.
struct MapName {
  std::optional<int64_t> layer;  // that it is of, if it is one
  std::string part;              // "head3", where a stack differs in something else than layers; else empty
};

// Of `map`, a place in its stack, 0 of heatmap/1. `artifact` has passed check_schema and has that map.
MapName name_of_map(const ArtifactData& artifact, size_t map);

// "raw-attention", "raw-attention.name", "raw-attention.head3": the label of `map` wherever its scores are told.
std::string label_of_map(const ArtifactData& artifact, const MapName& map);

// Of an artifact that heatmaps_of reads maps from.
bool is_of_heatmaps(std::string_view type);

struct Heatmap {
  struct Cell {
    float x0, y0, x1, y1;  // units of the source image
  };
  MapName name;
  int64_t rows = 0, cols = 0;
  std::vector<float> values;  // [rows, cols]
  std::vector<Cell> cells;    // [rows, cols]; empty where they are not stored
  std::string degenerate;     // why its values mean nothing; empty where they do
};

// In the order stored; empty for artifacts that are no maps. `artifact` has passed check_schema.
std::vector<Heatmap> heatmaps_of(const ArtifactData& artifact);

}  // namespace ocellus::store
