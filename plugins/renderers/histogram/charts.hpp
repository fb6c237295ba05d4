// The charts of distributions, as specifications; nothing is drawn here.
#pragma once

#include <string>
#include <vector>

#include "plugins/renderers/common/chart.hpp"
#include "plugins/renderers/histogram/distributions.hpp"

namespace ocellus::histogram {

// A part of the values: all, those of one layer, or those of one category.
struct Part {
  std::string category;  // empty = all
  int64_t layer = -1;    // -1 = all
};

// The chart of one part in style "stacked", "split", "lines", "layers", "head-bars" or "heat", without size, font and
// medium. Several runs stand beside each other on the same scale. A chart without panels: the part has no such picture
// (layers of one layer, heads of one category).
drawing::ChartSpec chart_of(const std::vector<Distributions>& runs, const Part& part, const std::string& style,
                            const drawing::Colormap& colormap);

// The colour of a series: that of the published figures for the first three.
drawing::Rgb colour_of(size_t series);

}  // namespace ocellus::histogram
