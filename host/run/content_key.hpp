// What decides a sample's results, as one hash: a finished sample with the same key need not run again.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "host/run/sample.hpp"

namespace ocellus::run {

// `settings` is what all samples of the run share: plugins with their hashes and options, the model's files, device and
// limits. Pictures count by their contents, not by their names. "" if a picture cannot be read.
std::string content_key(const nlohmann::ordered_json& settings, const Sample& sample);

// Are the files of which a finished sample's record tells there?
bool has_its_files(const std::filesystem::path& folder, const nlohmann::ordered_json& record);

// Is there a finished sample of this key, with all its files?
bool is_finished(const std::filesystem::path& folder, const std::string& key);

}  // namespace ocellus::run
