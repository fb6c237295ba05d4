// What the faithfulness stage found in all samples of a run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ocellus::collection {

// Writes means and their controls, differences of pairs, and mean curves of the samples `folders` of the run in `out`
// to OUT/collection, which is there; says whether a map of any was judged. Throws as for_each_finished, and
// Error(OC_E_WRITE).
bool write_judgements(const std::filesystem::path& out, const std::vector<std::string>& folders);

}  // namespace ocellus::collection
