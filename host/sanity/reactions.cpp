#include "host/sanity/reactions.hpp"

#include <algorithm>
#include <cstddef>

#include "host/faithfulness/grid.hpp"
#include "host/sanity/rank_correlation.hpp"
#include "host/store/heatmap.hpp"

namespace ocellus::sanity {
namespace {

struct PlacedMap {
  std::string label;
  int32_t image;
  store::Heatmap map;
};

// Also those that mean nothing, which are told as such.
std::vector<PlacedMap> maps_of(const std::vector<store::ArtifactData>& artifacts, size_t n_pictures) {
  std::vector<PlacedMap> maps;
  for (const store::ArtifactData& artifact : artifacts) {
    if (artifact.image < 0 || static_cast<size_t>(artifact.image) >= n_pictures) continue;
    for (store::Heatmap& map : store::heatmaps_of(artifact)) {
      if (map.cells.empty()) continue;
      std::string label = store::label_of_map(artifact, map.name);
      maps.push_back({std::move(label), artifact.image, std::move(map)});
    }
  }
  return maps;
}

void compare(const store::Heatmap& original, const store::Heatmap& altered, const PictureSize& picture,
             Reaction& reaction) {
  if (original.rows != altered.rows || original.cols != altered.cols) {
    reaction.undefined = "the altered map has another grid";
    return;
  }
  const faithfulness::Grid grid(original.cells, picture.width, picture.height);
  std::vector<double> before, after;
  for (const uint32_t place : grid.visible()) {
    before.push_back(static_cast<double>(original.values[place]));
    after.push_back(static_cast<double>(altered.values[place]));
  }
  reaction.correlation = rank_correlation(before, after);
  if (!reaction.correlation) reaction.undefined = "one of the maps has the same value, or none, in all cells";
}

}  // namespace

std::vector<Reaction> reactions(const std::vector<store::ArtifactData>& originals,
                                const std::vector<store::ArtifactData>& altered,
                                const std::vector<PictureSize>& pictures, const Stage& stage) {
  const std::vector<PlacedMap> others = maps_of(altered, pictures.size());
  std::vector<Reaction> list;
  for (const PlacedMap& of : maps_of(originals, pictures.size())) {
    Reaction& reaction = list.emplace_back(Reaction{of.label, of.map.name.layer, of.image, stage, {}, ""});
    const auto other = std::find_if(others.begin(), others.end(), [&](const PlacedMap& each) {
      return each.label == of.label && each.map.name.layer == of.map.name.layer && each.image == of.image;
    });
    if (!of.map.degenerate.empty()) {
      reaction.undefined = "the original map means nothing: " + of.map.degenerate;
    } else if (other == others.end()) {
      reaction.undefined = "the altered run made no such map";
    } else if (!other->map.degenerate.empty()) {
      reaction.undefined = "the altered map means nothing: " + other->map.degenerate;
    } else {
      compare(of.map, other->map, pictures[static_cast<size_t>(of.image)], reaction);
    }
  }
  return list;
}

}  // namespace ocellus::sanity
