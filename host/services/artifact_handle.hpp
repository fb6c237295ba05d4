// What plugins hold as `oc_artifact`: an artifact being made, or a stored one being read.
#pragma once

#include <ocellus/abi/artifact.h>

#include <map>
#include <ocellus/sdk/tensor.hpp>
#include <string>
#include <utility>
#include <vector>

#include "host/store/schema.hpp"

struct oc_artifact {
  // For writing: `run` is the sample it is made for.
  oc_artifact(const oc_run* of, ocellus::store::ArtifactData made) : run(of), data(std::move(made)) {}
  // For reading.
  explicit oc_artifact(ocellus::store::ArtifactData stored);

  const oc_run* run = nullptr;
  ocellus::store::ArtifactData data;
  std::vector<std::string> keys;                                       // in the order put
  std::map<std::string, ocellus::TensorPointer, std::less<>> tensors;  // views into data
};
