// What the faithfulness stage found in all samples of a run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::collection {

struct Judgements {
  std::string model;                           // name of its folder
  std::vector<store::ArtifactData> artifacts;  // means and their controls, differences of pairs, mean curves
};

// Of the samples `folders` of the run in `out`. No artifacts if no map of any was judged.
Judgements sum_up_judgements(const std::filesystem::path& out, const std::vector<std::string>& folders);

}  // namespace ocellus::collection
