#include "host/run/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <tuple>

#include "host/run/data_set.hpp"
#include "host/run/sample_record.hpp"
#include "host/store/json_text.hpp"
#include "host/store/sha256.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view prefix = "run.shard-", middle = "-of-", suffix = ".json";

// The shard that manifest_name() gives this name; a whole one for other names.
Shard shard_of_name(const std::string& name) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return {};
  const std::string numbers = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  const size_t at = numbers.find(middle);
  if (at == std::string::npos) return {};
  try {
    const Shard shard = parse_shard(numbers.substr(0, at) + "/" + numbers.substr(at + middle.size()));
    return manifest_name(shard) == name ? shard : Shard{};
  } catch (const Error&) {
    return {};
  }
}

Manifest read(const std::filesystem::path& file, const Shard& shard) {
  return {file, shard, ordered_json::parse(read_text_file(file), nullptr, false)};
}

}  // namespace

std::string manifest_name(const Shard& shard) {
  return shard.is_whole() ? "run.json" : fmt::format("{}{}{}{}{}", prefix, shard.index, middle, shard.count, suffix);
}

std::vector<Manifest> manifests_in(const std::filesystem::path& out) {
  std::vector<Manifest> manifests;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(out, error)) {
    const std::string name = entry.path().filename().string();
    const Shard shard = shard_of_name(name);
    if (name != "run.json" && shard.is_whole()) continue;
    try {
      manifests.push_back(read(entry.path(), shard));
    } catch (const Error&) {
      // Another shard may have taken run.json away meanwhile.
      if (std::filesystem::exists(entry.path())) throw;
    }
  }
  std::sort(manifests.begin(), manifests.end(), [](const Manifest& left, const Manifest& right) {
    return std::tie(left.shard.count, left.shard.index) < std::tie(right.shard.count, right.shard.index);
  });
  return manifests;
}

ordered_json sample_list(const std::vector<Sample>& samples) {
  std::string text;
  ordered_json list = ordered_json::array();
  for (const Sample& sample : samples) {
    text += store::json_line(sample_head(sample)) + "\n";
    list.push_back({{"folder", sample.folder}, {"id", sample.id}, {"group", sample.group}});
  }
  return {{"sha256", sha256_hex(std::as_bytes(std::span(text)))}, {"samples", std::move(list)}};
}

void put_results(ordered_json& manifest, const Results& results) {
  manifest["counts"] = {
      {"samples", results.n_samples}, {"finished", results.finished.size()}, {"failed", results.failed.size()}};
  manifest["finished"] = results.finished;
  manifest["failed"] = results.failed;
  manifest["timings"] = {{"seconds", results.seconds}, {"samples", results.sample_timings}};
  manifest["peak_memory_bytes"] = results.peak_memory_bytes;
  manifest["complete"] = results.failed.empty();
}

}  // namespace ocellus::run
