// How far maps of one picture agree, and whether they point at what is known to be there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plugins/renderers/grid/map_facts.hpp"

namespace ocellus::grid {

// Above the map's cell; empty where there is nothing to say.
struct MapNotes {
  std::string correlation, score;
};

// Of each of `figure`: Spearman's rank correlation with the first map, or with the first of its row of `in_row` > 0,
// and the recorded pointing score with its controls, where boxes are known. One sample at a time is in memory.
std::vector<MapNotes> agreement_of(const Maps& maps, const std::vector<MapFacts>& figure, std::size_t in_row);

// What the notes mean, for the foot of the figure.
std::vector<std::string> agreement_remarks(const std::vector<MapNotes>& notes, std::size_t in_row);

}  // namespace ocellus::grid
