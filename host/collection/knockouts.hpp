// What the knock-out stage found in all samples of a run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ocellus::collection {

// Writes the table of means of the samples `folders` of the run in `out` to OUT/collection, which is there; says
// whether there was anything in it. Throws as for_each_finished, and Error(OC_E_WRITE).
bool write_knockouts(const std::filesystem::path& out, const std::vector<std::string>& folders);

}  // namespace ocellus::collection
