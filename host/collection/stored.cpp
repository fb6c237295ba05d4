#include "host/collection/stored.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "host/collection/table_csv.hpp"
#include "host/collection/table_json.hpp"
#include "host/run/artifact_record.hpp"
#include "host/run/data_set.hpp"
#include "host/run/output_folder.hpp"
#include "host/store/atomic_file.hpp"
#include "host/store/json_text.hpp"
#include "host/store/npz.hpp"

namespace ocellus::collection {

using nlohmann::ordered_json;

namespace {

std::filesystem::path record_of(const std::filesystem::path& out, const std::string& label) {
  return out / "collection" / (label + ".json");
}

// What the record in `file` names; nothing if it is none: pictures' data may lie here too, and what a stage wrote says
// of which method it is.
void append_results(const std::filesystem::path& file, const std::filesystem::path& out,
                    std::vector<StoredResult>& results) {
  const ordered_json record = ordered_json::parse(run::read_text_file(file), nullptr, false);
  if (!record.is_object() || !record.contains("artifacts")) return;
  try {
    const services::Source source{run::run_name(out), record.at("model").get<std::string>(), ""};
    for (const ordered_json& entry : record.at("artifacts"))
      results.push_back({source, run::read_artifact(entry, file)});
  } catch (const nlohmann::json::exception& error) {
    throw Error(OC_E_MODEL, fmt::format("{} is not as this program writes it: {}", file.string(), error.what()));
  }
}

}  // namespace

void write_results(const std::filesystem::path& out, const std::string& label, const std::string& method,
                   const std::string& model, size_t n_samples, const std::vector<store::ArtifactData>& artifacts) {
  const std::filesystem::path folder = out / "collection";
  ordered_json record{{"label", label}, {"method", method}, {"model", model}, {"samples", n_samples}};
  record["artifacts"] = ordered_json::array();
  for (const store::ArtifactData& artifact : artifacts) {
    const std::string file = run::artifact_file(artifact, 1);
    store::write_npz(folder / file, artifact.tensors);
    if (artifact.type == "table/1") {
      const std::string stem = file.substr(0, file.size() - 4);
      store::write_file(folder / (stem + ".csv"), table_csv(artifact));
      // Without a name of its own it would be where the label's record is.
      if (!artifact.name.empty()) store::write_file(folder / (stem + ".json"), store::json_text(table_rows(artifact)));
    }
    record["artifacts"].push_back(run::artifact_record(artifact, file));
  }
  store::write_file(record_of(out, label), store::json_text(record));
}

std::vector<StoredResult> read_results(const std::filesystem::path& out) {
  std::vector<StoredResult> results;
  const std::filesystem::path folder = out / "collection";
  if (!std::filesystem::is_directory(folder)) return results;
  std::set<std::filesystem::path> records;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".json") && !name.starts_with('.')) records.insert(entry.path());
  }
  for (const std::filesystem::path& file : records) append_results(file, out, results);
  return results;
}

std::vector<StoredResult> read_results(const std::filesystem::path& out, const std::string& label) {
  std::vector<StoredResult> results;
  const std::filesystem::path file = record_of(out, label);
  if (std::filesystem::exists(file)) append_results(file, out, results);
  return results;
}

}  // namespace ocellus::collection
