// How the maps of a run changed in the runs beside it that something was altered in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/sanity/table.hpp"

namespace ocellus::collection {

// Where the run of a stage lies: "altered/weights-2" under OUT.
std::filesystem::path altered_folder(const std::filesystem::path& out, const sanity::Stage& stage);

// Of the samples `folders` that the run in `out` finished and the runs of `stages`, wherever these finished them:
// writes each sample's reactions into its sample.json, and the means to OUT/collection/sanity.csv. May be killed and
// done again. `layers` as sanity::Table has it. Throws Error(OC_E_MODEL) for what is not as this program writes it,
// Error(OC_E_CANCELLED) and Error(OC_E_WRITE).
sanity::Table write_reactions(const std::filesystem::path& out, const std::vector<std::string>& folders,
                              const std::vector<sanity::Stage>& stages, double threshold, int64_t layers);

}  // namespace ocellus::collection
