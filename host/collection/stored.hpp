// OUT/collection: what the collection stage wrote.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/services/artifact_handle.hpp"
#include "host/store/schema.hpp"

namespace ocellus::collection {

// The results of one method: `<label>[.<name>].npz`, `.csv` of each table/1 and `.json` of each that has a name, and
// `<label>.json` last, which says what they are. Throws Error(OC_E_WRITE).
void write_results(const std::filesystem::path& out, const std::string& label, const std::string& method,
                   const std::string& model, size_t n_samples, const std::vector<store::ArtifactData>& artifacts);

struct StoredResult {
  services::Source source;
  store::ArtifactData artifact;
};

// The results of all methods of the run in `out`, by label in alphabetical order; none where no stage has run. Throws
// Error(OC_E_MODEL) for files that are not as this program writes them.
std::vector<StoredResult> read_results(const std::filesystem::path& out);

// Those of one label.
std::vector<StoredResult> read_results(const std::filesystem::path& out, const std::string& label);

}  // namespace ocellus::collection
