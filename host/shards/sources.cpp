#include "host/shards/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "host/run/data_set.hpp"

namespace ocellus::shards {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void not_ours(const std::filesystem::path& file) {
  throw Error(OC_E_MODEL, fmt::format("{} is not as this program writes it: run that shard again", file.string()));
}

std::vector<run::Manifest> shards_in(const std::filesystem::path& out) {
  std::vector<run::Manifest> manifests = run::manifests_in(out);
  const auto is_joined = [](const run::Manifest& manifest) { return manifest.shard.is_whole(); };
  const bool whole = std::any_of(manifests.begin(), manifests.end(), is_joined);
  manifests.erase(std::remove_if(manifests.begin(), manifests.end(), is_joined), manifests.end());
  if (manifests.empty()) {
    throw Error(OC_E_MODEL,
                whole ? fmt::format("{} holds a run that was not in shards: there is nothing to merge", out.string())
                      : fmt::format("{} holds no shards of a run: name the folder that `ocellus run --shard` wrote to",
                                    out.string()));
  }
  for (const run::Manifest& manifest : manifests) {
    if (!manifest.content.is_object() || !manifest.content.contains("request")) not_ours(manifest.file);
  }
  return manifests;
}

ordered_json read_list(const std::filesystem::path& out) {
  const std::filesystem::path file = out / run::sample_list_name;
  ordered_json list = ordered_json::parse(run::read_text_file(file), nullptr, false);
  if (!list.is_object() || !list.contains("samples")) not_ours(file);
  return list;
}

// In what two shards differ that must not, in words; "" = in nothing.
std::string difference(const ordered_json& left, const ordered_json& right) {
  const ordered_json &asked = left["request"], &other = right["request"];
  for (const auto& [key, value] : asked.items()) {
    if (!other.contains(key) || other[key] != value) return "'" + key + "' of the request";
  }
  if (asked != other) return "the request";
  for (const auto& [key, words] :
       {std::pair{"ocellus", "the version of this program"}, std::pair{"plugins", "the plugins"},
        std::pair{"model_files", "the files of the model"}}) {
    if (left.value(key, ordered_json()) != right.value(key, ordered_json())) return words;
  }
  return "";
}

// Throws unless both are of one run.
void expect_one_run(const Part& first, const Part& other) {
  const std::string what = first.manifest.shard.count != other.manifest.shard.count
                               ? "the number of shards"
                               : difference(first.manifest.content, other.manifest.content);
  if (what.empty()) return;
  throw Error(OC_E_OPTION,
              fmt::format("{} and {} are not of one run: they differ in {}; run one of them again, elsewhere",
                          first.manifest.file.string(), other.manifest.file.string(), what));
}

}  // namespace

const Part& Sources::any() const {
  return **std::find_if(parts.begin(), parts.end(), [](const std::optional<Part>& part) { return part.has_value(); });
}

Sources read_sources(const std::vector<std::filesystem::path>& outs) {
  Sources sources;
  for (const std::filesystem::path& out : outs) {
    for (run::Manifest& manifest : shards_in(out)) {
      const Part part{out, std::move(manifest)};
      if (sources.parts.empty())
        sources.parts.resize(part.manifest.shard.count);
      else
        expect_one_run(sources.any(), part);
      std::optional<Part>& place = sources.parts[part.manifest.shard.index - 1];
      if (!place || (!place->manifest.is_over() && part.manifest.is_over())) place = part;
    }
    ordered_json list = read_list(out);
    if (sources.list.is_null())
      sources.list = std::move(list);
    else if (list != sources.list) {
      throw Error(OC_E_OPTION, fmt::format("{} and {} are not of one run: they differ in the samples of the data set",
                                           outs.front().string(), out.string()));
    }
  }
  try {
    for (const ordered_json& sample : sources.list["samples"])
      sources.samples.push_back({sample.at("folder").get<std::string>(), sample.at("id").get<std::string>(),
                                 sample.at("group").get<uint64_t>()});
  } catch (const nlohmann::json::exception&) {
    not_ours(outs.front() / run::sample_list_name);
  }
  return sources;
}

}  // namespace ocellus::shards
