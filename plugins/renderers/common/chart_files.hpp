// A chart as files of the formats that were asked for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugins/renderers/common/chart.hpp"

namespace ocellus::drawing {

// Has the caller name a file and call `write(path)`.
using OpenChart = std::function<void(const char* extension, const std::function<void(const char* path)>& write)>;

// Draws for the medium of each format; what `spec` says of a medium does not count. Throws what draw_chart and
// write_picture throw.
void write_chart(ChartSpec spec, const std::vector<std::string>& formats, const OpenChart& open);

}  // namespace ocellus::drawing
