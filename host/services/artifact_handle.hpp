// What plugins hold as `oc_artifact`: an artifact being made, or a stored one being read.
#pragma once

#include <ocellus/abi/artifact.h>

#include <map>
#include <ocellus/sdk/tensor.hpp>
#include <string>
#include <utility>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::services {

// Where an artifact comes from; empty = nowhere.
struct Source {
  std::string run;     // name of its OUT
  std::string model;   // name of the model's folder
  std::string sample;  // name of the sample's folder
};

}  // namespace ocellus::services

struct oc_artifact {
  // For writing: `run` is the sample it is made for.
  oc_artifact(const oc_run* of, ocellus::store::ArtifactData made) : run(of), data(std::move(made)) {}
  // For reading.
  oc_artifact(ocellus::store::ArtifactData stored, ocellus::services::Source from);

  const oc_run* run = nullptr;
  ocellus::store::ArtifactData data;
  ocellus::services::Source source;
  std::vector<std::string> keys;                                       // in the order put
  std::map<std::string, ocellus::TensorPointer, std::less<>> tensors;  // views into data
};
