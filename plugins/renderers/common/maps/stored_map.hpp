// The maps an artifact holds, and where each lies in its picture.
#pragma once

#include <cstdint>
#include <ocellus/sdk/run.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/map_sampler.hpp"

namespace ocellus::maps {

// Borrows the artifact's values.
struct StoredMap {
  drawing::ScalarMap map;
  drawing::Extent extent;   // of the map in the source picture
  int32_t file_layer = -1;  // for the file's name; -1 where the artifact has one map alone
  std::string file_part;    // for the file's name, where the maps of a stack differ in something else: "token3"
  std::string layers;   // "layer 3", "mean of layers 0+1", "through layers 0+1"; empty where the artifact does not say
  std::string step;     // "head 5", where the maps of a stack differ in something else than layers
  std::string axis;     // what the maps of its stack differ in; empty for a map alone
  int64_t number = -1;  // its place along the axis
  size_t place = 0;     // its place in the stack
  std::optional<int64_t> layer;    // that it is of, if it is one
  std::optional<double> on_image;  // share of the attention on all cells of this image, where recorded
  std::string degenerate;          // why its values mean nothing; empty where they do
};

// The one map of heatmap/1 or all maps of heatmap-stack/1, in their order. Throws OC_E_INTERNAL for an artifact that
// belongs to no picture, has no `cells`, or whose arrays contradict each other.
std::vector<StoredMap> maps_of(const ArtifactView& artifact);

struct HotCell {
  int row;
  int column;
  float value;
  drawing::Extent box;  // in the source picture
};

// The `count` cells with the largest values, or all if there are fewer; equal values in the order of rows and columns.
// None in a map of one value alone.
std::vector<HotCell> hottest_cells(const ArtifactView& artifact, const drawing::ScalarMap& map, size_t count);

}  // namespace ocellus::maps
