// What is pointed at on a map: known boxes, the hottest cells.
#pragma once

#include <ocellus/sdk/run.hpp>
#include <vector>

#include "plugins/renderers/common/map_view.hpp"
#include "plugins/renderers/common/maps/stored_map.hpp"

namespace ocellus::maps {

// The sample's boxes in the artifact's image, named together in one line of the legend.
std::vector<drawing::Mark> box_marks(const Run& run, const ArtifactView& artifact);

// The hottest cells, each with its rank and value, all told in one line of the legend; none of a degenerate map.
std::vector<drawing::Mark> top_marks(const ArtifactView& artifact, const StoredMap& map, size_t count);

}  // namespace ocellus::maps
