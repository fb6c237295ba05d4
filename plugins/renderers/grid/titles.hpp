// The words of a grid: above it, and above each of its cells.
#pragma once

#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

#include "plugins/renderers/grid/figures.hpp"
#include "plugins/renderers/grid/map_facts.hpp"

namespace ocellus::grid {

// What a map of the figure is, where `by` differs: "Layer 7", "Head 3", "raw-attention · layer 7", a question cut
// behind 30 characters. `all` are the maps of the figure.
std::string title_of_cell(By by, const MapFacts& map, const std::vector<MapFacts>& all);

// What titles of cells cut, in full, each with the number of its cell: "question 2: ...".
std::vector<std::string> cut_questions(By by, const std::vector<MapFacts>& all);

// What all maps of the figure have in common, of what was asked: question, answer, picture. `sample` is of the first.
std::vector<std::string> titles_of_figure(By by, const Run& sample, const MapFacts& first);

// What all have in common, of how they were made: "raw-attention · heads mean · query last".
std::string subtitle_of_figure(By by, const std::vector<MapFacts>& all);

}  // namespace ocellus::grid
