// Deletion and insertion side by side: a line for each map, and for each control.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plugins/renderers/common/chart.hpp"
#include "plugins/renderers/curves/stored_curves.hpp"

namespace ocellus::curves {

// `most_maps`: of more, those with the largest gaps are drawn; controls always are. `value`: what the values are.
// Without title, size, font and medium.
drawing::ChartSpec chart_of(const std::vector<StoredCurve>& curves, const std::string& value, size_t most_maps);

}  // namespace ocellus::curves
