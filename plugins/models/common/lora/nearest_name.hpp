// "Did you mean" for names of weights.
#pragma once

#include <string>
#include <string_view>

#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

// The name in `weights` that takes the fewest insertions, deletions and replacements of letters to become `name`; empty
// if there are no weights.
std::string nearest_name(std::string_view name, const WeightMap& weights);

}  // namespace ocellus::models
