// What the knock-out stage found in all samples of a run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::collection {

struct Knockouts {
  std::string model;                           // name of its folder
  std::vector<store::ArtifactData> artifacts;  // one table of means
};

// Of the samples `folders` of the run in `out`. Throws Error(OC_E_MODEL) for a sample that cannot be read.
Knockouts sum_up_knockouts(const std::filesystem::path& out, const std::vector<std::string>& folders);

}  // namespace ocellus::collection
