// How much a map changed when something was altered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/sanity/settings.hpp"
#include "host/store/schema.hpp"

namespace ocellus::sanity {

struct Reaction {
  std::string label;  // as label_of_map has it
  std::optional<int64_t> layer;
  int32_t image = 0;
  Stage stage;
  std::optional<double> correlation;  // of the altered map with the original
  std::string undefined;              // why there is none; empty where there is one
};

struct PictureSize {
  int width, height;
};

// Each map of `originals` beside the one of the same label, layer and image of `altered`, which `stage` made:
// Spearman's rank correlation over the cells that hold pixels, in the order of the originals. `pictures` are those of
// the sample.
std::vector<Reaction> reactions(const std::vector<store::ArtifactData>& originals,
                                const std::vector<store::ArtifactData>& altered,
                                const std::vector<PictureSize>& pictures, const Stage& stage);

}  // namespace ocellus::sanity
