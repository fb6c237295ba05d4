// What an artifact holds, and what each artifact type demands of it (docs/output.md).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/store/array.hpp"

namespace ocellus::store {

struct ArtifactData {
  std::string type;    // "heatmap/1"
  std::string label;   // of the method in this run
  std::string name;    // "" for the method's main artifact
  int32_t image = -1;  // the image it is a map of, or -1
  std::vector<NamedArray> tensors;
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<std::pair<std::string, double>> numbers;
};

// Checked at commit and when read back. Keys beyond those of the type are free; a type with a dot in its name
// ("org.example.rollout/1") belongs to its vendor and is taken as it is, an unknown one without is refused. Throws
// Error(OC_E_INTERNAL) naming the artifact and the key.
void check_schema(const ArtifactData& artifact);

}  // namespace ocellus::store
