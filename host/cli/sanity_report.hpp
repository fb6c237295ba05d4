// What is said of the sanity checks of a run.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "host/sanity/table.hpp"

namespace ocellus::cli {

// A check and why it could not be done.
using Undone = std::pair<sanity::Check, std::string>;
std::string sentence_of(const Undone& undone);
// {"weights": "why", ...}
nlohmann::ordered_json reasons_of(const std::vector<Undone>& undone);

// "the last 2 of 4 layers random", "another question", ...
std::string description_of(const sanity::Stage& stage, int64_t layers);

// On stdout, as text or as one line of JSON: a line for each map and layer, a column for each stage, and what the map
// does not react to; that in red where stdout is a terminal.
void print_sanity(const sanity::Table& table, const std::vector<sanity::Stage>& stages, int64_t layers,
                  double threshold, const std::vector<Undone>& undone, bool json);

}  // namespace ocellus::cli
