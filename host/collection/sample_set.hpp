// Finished samples of one run or of several, for pictures that show them together. One is in memory at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/run/rendering.hpp"
#include "host/services/sample_context.hpp"

namespace ocellus::collection {

class SampleSet : public services::Samples {
 public:
  struct Place {
    std::filesystem::path out, folder;  // of the run, of the sample
  };
  // Artifacts are those of one of `types`. Throws nothing: what cannot be read is found when it is opened.
  SampleSet(std::vector<Place> places, std::vector<std::string> types, media::Decoder& decoder)
      : places_(std::move(places)), types_(std::move(types)), decoder_(decoder) {}

  size_t count() const override { return places_.size(); }
  // Throws also Error(OC_E_CANCELLED).
  Opened open(size_t index) override;

 private:
  std::vector<Place> places_;
  std::vector<std::string> types_;
  media::Decoder& decoder_;
  run::OpenedSample opened_;
  std::vector<std::unique_ptr<oc_artifact>> handles_;
  std::vector<const oc_artifact*> artifacts_;
};

}  // namespace ocellus::collection
