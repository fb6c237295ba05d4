// Maps of one image, one a layer, as artifacts.
#pragma once

#include <cstdint>
#include <ocellus/sdk/method.hpp>
#include <string>
#include <utility>
#include <vector>

namespace ocellus::methods {

// The map of one layer over the cells of one image, row-major, and what belongs to it.
struct LayerMap {
  std::vector<float> values;
  std::vector<float> removed;  // of dropped sinks, where values holds 0; empty unless sinks were looked for
  std::vector<double> mass;    // of the groups; empty where none is told
  int64_t undefined = 0;       // cells whose divisor was 0; they hold 0
  std::string degenerate;      // why the map means nothing; "" = it does
};

struct MapDescription {
  std::vector<int64_t> layers;           // one a map
  std::vector<std::string> mass_groups;  // names, one a mass
  std::vector<std::pair<const char*, std::string>> texts;
  bool relative = false;
  std::vector<std::pair<const char*, double>> numbers = {};
};

// The mean of the maps, as heatmap/1; degenerate if all of them are.
void emit_mean(const Run& run, const oc_grid& grid, const MapDescription& description,
               const std::vector<LayerMap>& maps);

// All maps in the order given, as heatmap-stack/1 with axis "layer".
void emit_stack(const Run& run, const oc_grid& grid, const MapDescription& description,
                const std::vector<LayerMap>& maps);

// Of each head, in order, the mean of its maps over the layers, as heatmap-stack/1 with axis "head". Masses, over all
// heads, are those of the first head's maps.
void emit_heads(const Run& run, const oc_grid& grid, const MapDescription& description,
                const std::vector<std::vector<LayerMap>>& heads);

}  // namespace ocellus::methods
