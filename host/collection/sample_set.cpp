#include "host/collection/sample_set.hpp"

#include <ocellus/sdk/error.hpp>

#include "host/run/interrupt.hpp"

namespace ocellus::collection {

services::Samples::Opened SampleSet::open(size_t index) {
  if (run::interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
  artifacts_.clear();
  handles_.clear();
  opened_ = {};
  opened_ = run::open_sample(places_.at(index).out, places_[index].folder, decoder_);
  handles_ = run::handles_of(opened_.stored.artifacts, opened_.context->source, types_);
  opened_.stored.artifacts.clear();
  for (const auto& handle : handles_) artifacts_.push_back(handle.get());
  return {*opened_.context, artifacts_};
}

}  // namespace ocellus::collection
