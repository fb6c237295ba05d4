#include "host/shards/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "host/collection/stage.hpp"
#include "host/run/content_key.hpp"
#include "host/run/data_set.hpp"
#include "host/run/interrupt.hpp"
#include "host/run/output_folder.hpp"
#include "host/shards/sources.hpp"
#include "host/store/atomic_file.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::shards {
namespace {

using nlohmann::ordered_json;

// The record of a sample that was tried, whether it succeeded or not; null if it was not, or has lost files.
ordered_json record_of(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "sample.json";
  if (!std::filesystem::exists(file)) return {};
  ordered_json record = ordered_json::parse(run::read_text_file(file), nullptr, false);
  if (!record.is_object()) return {};
  const std::string status = record.value("status", "");
  const bool tried = status == "failed" || (status == "ok" && run::has_its_files(folder, record));
  return tried ? record : ordered_json();
}

std::vector<Unfinished> unfinished_of(const Sources& sources) {
  std::vector<Unfinished> shards;
  for (size_t i = 0; i < sources.parts.size(); ++i)
    shards.push_back({sources.shard(i), sources.parts[i].has_value(), {}});
  for (const ListedSample& sample : sources.samples) {
    const std::optional<Part>& part = sources.part_of(sample);
    if (!part || record_of(run::OutputFolder::sample(part->out, sample.folder)).is_null())
      shards[sources.place_of(sample)].missing.emplace_back(sample.folder, sample.id);
  }
  std::erase_if(shards, [&](const Unfinished& shard) {
    const std::optional<Part>& part = sources.parts[shard.shard.index - 1];
    return part && part->manifest.is_over() && shard.missing.empty();
  });
  return shards;
}

void copy_whole(const std::filesystem::path& from, const std::filesystem::path& to) {
  store::PendingFile file(to);
  std::error_code error;
  std::filesystem::copy_file(from, file.temporary(), std::filesystem::copy_options::overwrite_existing, error);
  if (error)
    throw Error(OC_E_WRITE, fmt::format("{} cannot be copied to {}: {}", from.string(), to.string(), error.message()));
  file.commit();
}

// As a run writes a sample: its record last, and none while files are exchanged.
void copy_sample(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::string record = run::read_text_file(from / "sample.json");
  if (std::filesystem::exists(to / "sample.json")) {
    if (run::read_text_file(to / "sample.json") == record && !record_of(to).is_null()) return;
    std::filesystem::remove(to / "sample.json");
  }
  std::filesystem::create_directories(to);
  store::remove_abandoned(to);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && name != "sample.json") copy_whole(entry.path(), to / name);
  }
  // Pictures by names of the user's lie elsewhere under OUT.
  const ordered_json content = ordered_json::parse(record, nullptr, false);
  for (const ordered_json& picture : content.value("pictures", ordered_json::array())) {
    const std::filesystem::path name = run::path_of_named(picture.get<std::string>());
    if (name.empty()) continue;
    const std::filesystem::path file = to.parent_path().parent_path() / name;
    std::filesystem::create_directories(file.parent_path());
    copy_whole(from.parent_path().parent_path() / name, file);
  }
  store::write_file(to / "sample.json", record);
}

void gather(const Sources& sources, const std::filesystem::path& out) {
  const auto is_elsewhere = [&](const Part& part) { return !std::filesystem::equivalent(part.out, out); };
  for (const ListedSample& sample : sources.samples) {
    const Part& part = *sources.part_of(sample);
    if (!is_elsewhere(part)) continue;
    if (run::interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
    copy_sample(run::OutputFolder::sample(part.out, sample.folder), run::OutputFolder::sample(out, sample.folder));
  }
  for (const std::optional<Part>& part : sources.parts) {
    if (is_elsewhere(*part)) copy_whole(part->manifest.file, out / part->manifest.file.filename());
  }
}

// The end of the manifest: what the shards' own say, together.
run::Results results_of(const Sources& sources, const run::RunSummary& summary, std::vector<std::string> finished) {
  run::Results results;
  results.n_samples = sources.samples.size();
  results.finished = std::move(finished);
  for (const run::Failure& failure : summary.failed) results.failed.push_back(failure.folder);
  std::map<std::string, ordered_json> timings;
  for (const std::optional<Part>& part : sources.parts) {
    const ordered_json& content = part->manifest.content;
    results.seconds += content.at("timings").at("seconds").get<double>();
    for (const ordered_json& entry : content.at("timings").at("samples"))
      timings[entry.at("sample").get<std::string>()] = entry;
    results.peak_memory_bytes = std::max(results.peak_memory_bytes, content.at("peak_memory_bytes").get<int64_t>());
  }
  for (const ListedSample& sample : sources.samples) {
    if (const auto entry = timings.find(sample.folder); entry != timings.end())
      results.sample_timings.push_back(entry->second);
  }
  return results;
}

ordered_json shards_record(const Sources& sources) {
  ordered_json list = ordered_json::array();
  for (const std::optional<Part>& part : sources.parts) {
    const ordered_json& content = part->manifest.content;
    list.push_back({{"shard", part->manifest.shard.name()},
                    {"origin", content.at("shard").at("origin")},
                    {"seconds", content.at("timings").at("seconds")},
                    {"peak_memory_bytes", content.at("peak_memory_bytes")}});
  }
  return list;
}

std::vector<std::string> differing_facts(const Sources& sources) {
  const ordered_json& first = sources.any().manifest.content.at("facts");
  std::set<std::string> names;
  for (const std::optional<Part>& part : sources.parts) {
    for (const auto& [key, value] : part->manifest.content.at("facts").items()) {
      if (!first.contains(key) || first[key] != value) names.insert(key);
    }
  }
  return {names.begin(), names.end()};
}

// Of shards that are all over.
Joined join(const Sources& sources, const std::filesystem::path& out, registry::Registry& registry,
            media::Decoder& decoder) {
  Joined joined;
  joined.n_samples = sources.samples.size();
  const run::Manifest& first = sources.any().manifest;
  ordered_json manifest;
  for (const char* key : {"ocellus", "model_name", "request", "plugins", "model_files"})
    manifest[key] = first.content.at(key);
  // Refuses a folder of another run, and takes an older run.json away.
  const run::OutputFolder folder(out, {manifest["request"], first.shard, sources.list}, false);
  gather(sources, out);

  std::vector<std::string> finished;  // folders
  for (const ListedSample& sample : sources.samples) {
    const ordered_json record = record_of(folder.sample(sample.folder));
    if (record.value("status", "") != "ok") {
      joined.summary.failed.push_back({sample.folder, sample.id, record.value("error", "")});
      continue;
    }
    if (record.contains("pointing")) joined.summary.pointing.add(run::read_pointing(record["pointing"]));
    finished.push_back(sample.folder);
  }
  joined.summary.done = finished.size();
  run::write_under(out, "run.json", store::json_text(manifest));
  if (!joined.summary.pointing.rows().empty())
    run::write_under(out, "collection/pointing.csv", run::pointing_csv(joined.summary.pointing.rows()));
  joined.pictures = collection::conclude(out, finished, registry, decoder);
  manifest["facts"] = first.content.at("facts");
  joined.differing_facts = differing_facts(sources);
  manifest["shards"] = shards_record(sources);
  run::put_results(manifest, results_of(sources, joined.summary, std::move(finished)));
  run::write_under(out, "run.json", store::json_text(manifest));
  return joined;
}

}  // namespace

Joined merge(const std::vector<std::filesystem::path>& outs, const std::filesystem::path& out,
             registry::Registry& registry, media::Decoder& decoder) {
  const Sources sources = read_sources(outs);
  try {
    std::vector<Unfinished> unfinished = unfinished_of(sources);
    if (!unfinished.empty()) return {std::move(unfinished), sources.samples.size(), {}, {}, {}};
    return join(sources, out, registry, decoder);
  } catch (const nlohmann::json::exception&) {
    throw Error(OC_E_MODEL, fmt::format("a record of {} is not as this program writes it: run its shard again",
                                        sources.any().out.string()));
  }
}

}  // namespace ocellus::shards
