#include "plugins/renderers/grid/map_facts.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "plugins/renderers/common/maps/captions.hpp"

namespace ocellus::grid {

Maps::Maps(const Run& run, const std::vector<ArtifactView>& artifacts) : run_(run), artifacts_(&artifacts) {
  add(run, artifacts, 0);
}

Maps::Maps(const Run& run) : run_(run) {
  for (size_t index = 0; index < run.n_samples(); ++index) {
    run.with_sample(
        index, [&](const Run& sample, const std::vector<ArtifactView>& artifacts) { add(sample, artifacts, index); });
  }
}

void Maps::add(const Run& sample, const std::vector<ArtifactView>& artifacts, size_t index) {
  for (size_t k = 0; k < artifacts.size(); ++k) {
    const ArtifactView& artifact = artifacts[k];
    for (const maps::StoredMap& map : maps::maps_of(artifact)) {
      const oc_image picture = sample.picture(artifact.image());
      const std::string image = fmt::format("image.{}", artifact.image());
      MapFacts& facts = facts_.emplace_back();
      facts.sample = index;
      facts.artifact = k;
      facts.place = map.place;
      facts.run = sample.source_of(artifact, "run");
      facts.model = sample.source_of(artifact, "model");
      facts.folder = sample.source_of(artifact, "sample");
      facts.question = sample.text("question");
      facts.label = artifact.label();
      facts.name = sample.name_of(artifact);
      facts.weights = artifact.text("weights");
      facts.picture_hash = sample.text((image + ".sha256").c_str());
      facts.picture_name = std::filesystem::path(sample.text(image.c_str())).stem().string();
      facts.image = artifact.image();
      facts.width = static_cast<int>(picture.width);
      facts.height = static_cast<int>(picture.height);
      facts.layer = map.layer;
      facts.layers = map.layers;
      facts.step = map.step;
      facts.axis = map.axis;
      facts.number = map.number;
      facts.method_facts = maps::facts_of(artifact, map);
      facts.n_layers = std::atoll(sample.text("layers").c_str());
      facts.degenerate = map.degenerate;
      if (map.degenerate.empty()) facts.range = drawing::value_range(map.map);
    }
  }
}

void Maps::visit(const MapFacts& map, const Use& use) const {
  const auto use_of = [&](const Run& sample, const std::vector<ArtifactView>& artifacts) {
    const ArtifactView& artifact = artifacts.at(map.artifact);
    use(sample, artifact, maps::maps_of(artifact).at(map.place));
  };
  if (artifacts_ != nullptr) return use_of(run_, *artifacts_);
  run_.with_sample(map.sample, use_of);
}

}  // namespace ocellus::grid
