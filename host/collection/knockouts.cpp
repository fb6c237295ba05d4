#include "host/collection/knockouts.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/knockout/means.hpp"
#include "host/knockout/settings.hpp"
#include "host/run/interrupt.hpp"
#include "host/run/output_folder.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::collection {

Knockouts sum_up_knockouts(const std::filesystem::path& out, const std::vector<std::string>& folders) {
  Knockouts knockouts;
  knockout::Means means;
  for (const std::string& name : folders) {
    if (run::interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
    const std::filesystem::path folder = run::OutputFolder::sample(out, name);
    const run::StoredSample stored = run::read_stored(folder, knockout::stage_label);
    try {
      knockouts.model = stored.record.at("model").get<std::string>();
      means.add(knockout::read_outcomes(stored.record.at("knockouts")));
    } catch (const nlohmann::json::exception& error) {
      throw Error(OC_E_MODEL, fmt::format("{} is not as this program writes it: {}", (folder / "sample.json").string(),
                                          error.what()));
    }
  }
  if (!means.is_empty()) knockouts.artifacts = {means.table()};
  return knockouts;
}

}  // namespace ocellus::collection
