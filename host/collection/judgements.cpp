#include "host/collection/judgements.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/faithfulness/means.hpp"
#include "host/run/interrupt.hpp"
#include "host/run/output_folder.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::collection {

Judgements sum_up_judgements(const std::filesystem::path& out, const std::vector<std::string>& folders) {
  Judgements judgements;
  faithfulness::Means means;
  faithfulness::MeanCurves curves;
  for (const std::string& name : folders) {
    if (run::interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
    const std::filesystem::path folder = run::OutputFolder::sample(out, name);
    const run::StoredSample stored = run::read_stored(folder, faithfulness::stage_label);
    try {
      judgements.model = stored.record.at("model").get<std::string>();
      means.add(faithfulness::read_judgements(stored.record.at("faithfulness")));
    } catch (const nlohmann::json::exception& error) {
      throw Error(OC_E_MODEL, fmt::format("{} is not as this program writes it: {}", (folder / "sample.json").string(),
                                          error.what()));
    }
    for (const store::ArtifactData& artifact : stored.artifacts) curves.add(artifact);
  }
  if (!means.is_empty()) judgements.artifacts = {means.table(), means.differences(), curves.artifact()};
  return judgements;
}

}  // namespace ocellus::collection
