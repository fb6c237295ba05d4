#include "host/run/artifact_record.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

#include "host/store/npz.hpp"

namespace ocellus::run {

using nlohmann::ordered_json;

ordered_json artifact_record(const store::ArtifactData& artifact, const std::string& file) {
  ordered_json entry{{"label", artifact.label}, {"type", artifact.type}};
  if (!artifact.name.empty()) entry["name"] = artifact.name;
  if (artifact.image >= 0) entry["image"] = artifact.image;
  entry["file"] = file;
  for (const auto& [key, array] : artifact.tensors) entry["arrays"][key] = array.shape;
  for (const auto& [key, value] : artifact.texts) entry["texts"][key] = value;
  for (const auto& [key, value] : artifact.numbers) entry["numbers"][key] = value;
  return entry;
}

store::ArtifactData read_artifact(const ordered_json& entry, const std::filesystem::path& record) {
  store::ArtifactData artifact;
  artifact.label = entry.at("label").get<std::string>();
  artifact.type = entry.at("type").get<std::string>();
  artifact.name = entry.value("name", "");
  artifact.image = entry.value("image", -1);
  const std::string name = entry.at("file").get<std::string>();
  if (name.find('/') != std::string::npos || name.starts_with('.')) {
    throw Error(OC_E_MODEL, fmt::format("{} names a file outside its folder: {}", record.string(), name));
  }
  artifact.tensors = store::read_npz(record.parent_path() / name);
  const ordered_json texts = entry.value("texts", ordered_json::object());
  for (const auto& [key, value] : texts.items()) {
    artifact.texts.emplace_back(key, value.get<std::string>());
  }
  const ordered_json numbers = entry.value("numbers", ordered_json::object());
  for (const auto& [key, value] : numbers.items()) {
    artifact.numbers.emplace_back(key, value.get<double>());
  }
  store::check_schema(artifact);
  return artifact;
}

}  // namespace ocellus::run
