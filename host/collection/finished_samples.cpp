#include "host/collection/finished_samples.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/run/interrupt.hpp"
#include "host/run/output_folder.hpp"

namespace ocellus::collection {

std::string for_each_finished(const std::filesystem::path& out, const std::vector<std::string>& folders,
                              const std::string& label,
                              const std::function<void(const std::string& name, run::StoredSample&)>& read) {
  std::string model;
  for (const std::string& name : folders) {
    if (run::interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
    const std::filesystem::path folder = run::OutputFolder::sample(out, name);
    run::StoredSample stored = run::read_stored(folder, label);
    try {
      model = stored.record.at("model").get<std::string>();
      read(name, stored);
    } catch (const nlohmann::json::exception& error) {
      throw Error(OC_E_MODEL, fmt::format("{} is not as this program writes it: {}", (folder / "sample.json").string(),
                                          error.what()));
    }
  }
  return model;
}

}  // namespace ocellus::collection
