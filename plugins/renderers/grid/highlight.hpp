// Which cells are framed.
#pragma once

#include <string>
#include <vector>

#include "plugins/renderers/grid/figures.hpp"

namespace ocellus::grid {

// `wanted` is "last", the model's last layer (where it is not recorded how many there are, the last of the figure); a
// layer's or a head's number, negative = counted from the end; or the label, the weights, the model or the name of the
// picture of a map. Empty frames nothing. `all` are the maps of the figure.
bool is_highlighted(const std::string& wanted, By by, const MapFacts& map, const std::vector<MapFacts>& all);

}  // namespace ocellus::grid
