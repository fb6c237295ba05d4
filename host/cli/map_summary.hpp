// What is said of a map in words: smallest, largest and mean value, and the hottest cell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/store/heatmap.hpp"

namespace ocellus::cli {

struct MapSummary {
  store::MapName name;
  std::string degenerate;  // see store::Heatmap
  int64_t rows = 0, cols = 0;
  double min = 0, max = 0, mean = 0;
  int64_t row = 0, col = 0;               // of the hottest cell, the first one on a tie
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // its rectangle, in units of the source image
};

// One summary a map; empty for artifacts that are no maps.
std::vector<MapSummary> summarise_maps(const store::ArtifactData& artifact);

}  // namespace ocellus::cli
