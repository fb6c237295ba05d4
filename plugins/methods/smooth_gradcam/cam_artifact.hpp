// Maps of one image and one weighting as artifacts.
#pragma once

#include <cstdint>
#include <ocellus/sdk/method.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocellus::methods {

// The map of one layer, or of their mean, over the cells of one image.
struct CamMap {
  std::vector<float> values, standard_error;  // row-major; no error of a single draw
  std::optional<double> agreement;            // DrawMean::agreement
  std::string degenerate;                     // why the map means nothing; "" = it does
};

struct CamDescription {
  std::string name;             // of the artifact; "" = the method's main one
  std::vector<int64_t> layers;  // one a map, or those of a mean
  std::vector<float> maxima;    // [layers, draws], as SiteFacts::maxima
  std::vector<float> target;    // [draws]: the target's value
  std::vector<std::pair<const char*, std::string>> texts;
  std::vector<std::pair<const char*, double>> numbers;
};

// One map as heatmap/1.
void emit_map(const Run& run, const oc_grid& grid, const CamDescription& description, CamMap map);

// Several, in the order given, as heatmap-stack/1 with axis "layer".
void emit_maps(const Run& run, const oc_grid& grid, const CamDescription& description, const std::vector<CamMap>& maps);

}  // namespace ocellus::methods
