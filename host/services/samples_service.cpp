// Several samples for one picture, and what is recorded of their maps.
#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>
#include <optional>

#include "host/services/artifact_handle.hpp"
#include "host/services/sample_context.hpp"
#include "host/services/service_table.hpp"

namespace ocellus::services {
namespace {

size_t count(const oc_run* run) noexcept {
  return run->samples != nullptr ? run->samples->count() : 0;
}

oc_status open(const oc_run* run, size_t index, const oc_run** sample, const oc_artifact* const** artifacts,
               size_t* n) noexcept {
  return serve(run->plugin->host(), [&] {
    if (index >= count(run)) throw Error(OC_E_INTERNAL, fmt::format("it asked for sample {} of {}", index, count(run)));
    run->opened.reset();
    const Samples::Opened opened = run->samples->open(index);
    run->opened = std::make_unique<oc_run>();
    run->opened->sample = &opened.context;
    run->opened->plugin = run->plugin;
    run->opened->label = run->label;
    *sample = run->opened.get();
    *artifacts = opened.artifacts.data();
    *n = opened.artifacts.size();
  });
}

oc_status of_map(const oc_run* run, const oc_artifact* artifact, size_t map, const char* score,
                 double* value) noexcept {
  std::optional<double> found;
  const oc_status status = serve(run->plugin->host(), [&] {
    if (run->sample->score && score != nullptr) found = run->sample->score(artifact->data, map, score);
  });
  if (status != OC_OK) return status;
  if (!found) return OC_E_UNSUPPORTED;
  *value = *found;
  return OC_OK;
}

}  // namespace

const oc_samples_1 samples_service{sizeof(oc_samples_1), 0, count, open};
const oc_scores_1 scores_service{sizeof(oc_scores_1), 0, of_map};

}  // namespace ocellus::services
