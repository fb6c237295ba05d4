// Lines of equal value on a map.
#pragma once

#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/map_sampler.hpp"

namespace ocellus::drawing {

// Where the map, interpolated as MapSampler's `bilinear` does, takes the value `level`. Points are in cells: x in
// [0, width], y in [0, height], so that (0.5, 0.5) is the centre of the first cell. A line ends at the border of the
// map or is closed. Marching squares on a lattice of up to eight nodes a cell, where two diagonals could be
// joined, the value at the saddle point decides (Nielson and Hamann, 1991). Throws what `check` throws.
std::vector<Polyline> iso_lines(const ScalarMap& map, double level);

}  // namespace ocellus::drawing
