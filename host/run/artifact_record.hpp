// An artifact in a record of JSON: what it is, its texts and numbers, and the file that holds its arrays.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "host/store/schema.hpp"

namespace ocellus::run {

// {label, type, name, image, file, arrays, texts, numbers}; `file` is a name beside the record.
nlohmann::ordered_json artifact_record(const store::ArtifactData& artifact, const std::string& file);

// Reads artifact and file back and checks them; `record` is the file that `entry` stands in. Throws Error(OC_E_MODEL)
// or nlohmann::json::exception for what artifact_record does not write, Error(OC_E_SAMPLE) for a broken file.
store::ArtifactData read_artifact(const nlohmann::ordered_json& entry, const std::filesystem::path& record);

}  // namespace ocellus::run
