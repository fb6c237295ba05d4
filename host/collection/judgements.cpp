#include "host/collection/judgements.hpp"

#include "host/collection/finished_samples.hpp"
#include "host/collection/stored.hpp"
#include "host/faithfulness/means.hpp"
#include "host/faithfulness/settings.hpp"

namespace ocellus::collection {

bool write_judgements(const std::filesystem::path& out, const std::vector<std::string>& folders) {
  faithfulness::Means means;
  faithfulness::MeanCurves curves;
  const std::string model = for_each_finished(
      out, folders, faithfulness::stage_label, [&](const std::string&, const run::StoredSample& sample) {
        means.add(faithfulness::read_judgements(sample.record.at("faithfulness")));
        for (const store::ArtifactData& artifact : sample.artifacts) curves.add(artifact);
      });
  if (means.is_empty()) return false;
  write_results(out, faithfulness::stage_label, faithfulness::stage_label, model, folders.size(),
                {means.table(), means.differences(), curves.artifact()});
  return true;
}

}  // namespace ocellus::collection
