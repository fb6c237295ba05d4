#include "host/collection/sanity.hpp"

#include <nlohmann/json.hpp>

#include "host/collection/finished_samples.hpp"
#include "host/collection/stored.hpp"
#include "host/run/output_folder.hpp"
#include "host/run/sample_record.hpp"
#include "host/sanity/record.hpp"
#include "host/store/atomic_file.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::collection {
namespace {

std::vector<sanity::PictureSize> pictures_of(const nlohmann::ordered_json& record) {
  std::vector<sanity::PictureSize> pictures;
  for (const nlohmann::ordered_json& image : record.value("images", nlohmann::ordered_json::array()))
    pictures.push_back({image.at("width").get<int>(), image.at("height").get<int>()});
  return pictures;
}

// Map by map, of all stages.
std::vector<sanity::Reaction> reactions_of(const std::filesystem::path& out, const std::string& name,
                                           const run::StoredSample& original,
                                           const std::vector<sanity::Stage>& stages) {
  std::vector<sanity::Reaction> all;
  for (const sanity::Stage& stage : stages) {
    const std::filesystem::path folder = run::OutputFolder::sample(altered_folder(out, stage), name);
    if (!std::filesystem::exists(folder / "sample.json")) continue;
    const run::StoredSample altered = run::read_stored(folder);
    if (altered.record.value("status", "") != "ok") continue;
    for (sanity::Reaction& reaction :
         sanity::reactions(original.artifacts, altered.artifacts, pictures_of(original.record), stage))
      all.push_back(std::move(reaction));
  }
  return all;
}

}  // namespace

std::filesystem::path altered_folder(const std::filesystem::path& out, const sanity::Stage& stage) {
  return out / "altered" / sanity::folder_of(stage);
}

sanity::Table write_reactions(const std::filesystem::path& out, const std::vector<std::string>& folders,
                              const std::vector<sanity::Stage>& stages, double threshold, int64_t layers) {
  sanity::Table table(threshold, layers);
  const std::string model =
      for_each_finished(out, folders, "", [&](const std::string& name, run::StoredSample& original) {
        const std::vector<sanity::Reaction> reactions = reactions_of(out, name, original, stages);
        table.add(reactions);
        original.record["sanity"] = sanity::record_of(reactions);
        store::write_file(run::OutputFolder::sample(out, name) / "sample.json", store::json_text(original.record));
      });
  if (!table.rows().empty()) {
    std::filesystem::create_directories(out / "collection");
    write_results(out, sanity::stage_label, sanity::stage_label, model, folders.size(), {table.artifact()});
  }
  return table;
}

}  // namespace ocellus::collection
