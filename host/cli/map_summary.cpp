#include "host/cli/map_summary.hpp"

#include <algorithm>
#include <numeric>

namespace ocellus::cli {

std::vector<MapSummary> summarise_maps(const store::ArtifactData& artifact) {
  std::vector<MapSummary> summaries;
  for (const store::Heatmap& map : store::heatmaps_of(artifact)) {
    MapSummary& summary = summaries.emplace_back();
    summary.name = map.name;
    summary.degenerate = map.degenerate;
    summary.rows = map.rows;
    summary.cols = map.cols;
    const auto hottest = std::max_element(map.values.begin(), map.values.end());
    summary.min = *std::min_element(map.values.begin(), map.values.end());
    summary.max = *hottest;
    summary.mean = std::accumulate(map.values.begin(), map.values.end(), 0.0) / static_cast<double>(map.values.size());
    const size_t at = static_cast<size_t>(hottest - map.values.begin());
    summary.row = static_cast<int64_t>(at) / map.cols;
    summary.col = static_cast<int64_t>(at) % map.cols;
    if (map.cells.empty()) continue;
    const store::Heatmap::Cell& cell = map.cells[at];
    summary.x0 = cell.x0, summary.y0 = cell.y0, summary.x1 = cell.x1, summary.y1 = cell.y1;
  }
  return summaries;
}

}  // namespace ocellus::cli
