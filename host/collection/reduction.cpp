#include "host/collection/reduction.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

#include "host/services/artifact_handle.hpp"

namespace ocellus::collection {

Reduction::Reduction(registry::Registry& registry, const run::Choice& choice)
    : label_(choice.label),
      method_(choice.record->id),
      plugin_(std::make_unique<services::PluginInstance>(
          fmt::format("method {} over all samples", choice.label == choice.record->id
                                                        ? choice.label
                                                        : fmt::format("{} (as {})", choice.record->id, choice.label)),
          choice.values)),
      table_(static_cast<const oc_reduction_1*>(registry.load(*choice.record)->reduction)) {
  plugin_->expect_ok(table_->create(plugin_->host(), plugin_->options(), &self_));
}

Reduction::~Reduction() {
  if (self_ != nullptr) table_->destroy(self_);
}

void Reduction::add(services::SampleContext& context, const std::vector<store::ArtifactData>& artifacts) {
  std::vector<std::unique_ptr<oc_artifact>> handles;
  std::vector<const oc_artifact*> pointers;
  for (const store::ArtifactData& artifact : artifacts)
    pointers.push_back(handles.emplace_back(std::make_unique<oc_artifact>(artifact, context.source)).get());
  oc_run handle;
  handle.sample = &context;
  handle.plugin = plugin_.get();
  handle.label = label_;
  plugin_->expect_ok(table_->add(self_, &handle, pointers.data(), pointers.size()));
}

std::vector<store::ArtifactData> Reduction::conclude(services::SampleContext& context) {
  std::vector<store::ArtifactData> artifacts;
  oc_run handle;
  handle.sample = &context;
  handle.plugin = plugin_.get();
  handle.label = label_;
  handle.artifacts = &artifacts;
  plugin_->expect_ok(table_->conclude(self_, &handle));
  for (const store::ArtifactData& artifact : artifacts) {
    if (artifact.image >= 0) {
      throw Error(OC_E_INTERNAL, fmt::format("{}: its result '{}' over all samples is said to be of image {}",
                                             plugin_->who(), artifact.name, artifact.image));
    }
  }
  return artifacts;
}

}  // namespace ocellus::collection
