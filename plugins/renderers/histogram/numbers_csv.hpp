// The numbers of a chart, for those who draw their own.
#pragma once

#include <string>
#include <vector>

#include "plugins/renderers/histogram/charts.hpp"

namespace ocellus::histogram {

// What a chart of chart_of() shows, as CSV with a line of names: bins with their shares, or means by layer and head.
std::string numbers_csv(const std::vector<Distributions>& runs, const Part& part, const std::string& style);

}  // namespace ocellus::histogram
