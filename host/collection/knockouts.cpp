#include "host/collection/knockouts.hpp"

#include "host/collection/finished_samples.hpp"
#include "host/collection/stored.hpp"
#include "host/knockout/means.hpp"
#include "host/knockout/settings.hpp"

namespace ocellus::collection {

bool write_knockouts(const std::filesystem::path& out, const std::vector<std::string>& folders) {
  knockout::Means means;
  const std::string model =
      for_each_finished(out, folders, knockout::stage_label, [&](const std::string&, const run::StoredSample& sample) {
        means.add(knockout::read_outcomes(sample.record.at("knockouts")));
      });
  if (means.is_empty()) return false;
  write_results(out, knockout::stage_label, knockout::stage_label, model, folders.size(), {means.table()});
  return true;
}

}  // namespace ocellus::collection
