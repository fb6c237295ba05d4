// Stored maps, of one sample or of several, and what tells them apart.
#pragma once

#include <cstdint>
#include <functional>
#include <ocellus/sdk/run.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/maps/stored_map.hpp"

namespace ocellus::grid {

// All that is known of a map but its values, so that of many samples the facts are in memory and nothing else.
struct MapFacts {
  size_t sample = 0, artifact = 0, place = 0;  // where it is stored: of all samples, of the sample, of its stack
  std::string run, model, folder, question;    // of its sample
  std::string label, name, weights;            // of its artifact
  std::string picture_hash, picture_name;      // of the file's contents; its name without extension
  int32_t image = 0;
  int width = 0, height = 0;     // of the picture
  std::optional<int64_t> layer;  // that it is of, if it is one
  std::string layers, step;      // in words: StoredMap
  std::string axis;              // of its stack; empty for a map alone
  int64_t number = 0;            // along the axis
  std::vector<std::string> method_facts;
  int64_t n_layers = 0;         // of the model's decoder; 0 = not recorded
  drawing::ValueRange range{};  // of its values; none where they mean nothing
  std::string degenerate;       // why they do
};

class Maps {
 public:
  // Those of one sample. Both outlive it.
  Maps(const Run& run, const std::vector<ArtifactView>& artifacts);
  // Those of all samples that `run` is to draw together; see Run::n_samples.
  explicit Maps(const Run& run);

  const std::vector<MapFacts>& facts() const { return facts_; }

  // What is given to `use` lives until it returns. One sample at a time is in memory.
  using Use = std::function<void(const Run&, const ArtifactView&, const maps::StoredMap&)>;
  void visit(const MapFacts& map, const Use& use) const;

 private:
  void add(const Run& sample, const std::vector<ArtifactView>& artifacts, size_t index);

  const Run& run_;
  const std::vector<ArtifactView>* artifacts_ = nullptr;  // of one sample
  std::vector<MapFacts> facts_;
};

}  // namespace ocellus::grid
