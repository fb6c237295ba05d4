// What identifies a model folder's contents.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace ocellus::run {

// [{file, bytes, sha256}]. Of files over 64 MiB only the first and the last MiB are hashed (`sha256_ends`), so that a
// fingerprint of a large model takes no minute; the header of a safetensors file lies in the first.
nlohmann::ordered_json fingerprint(const std::vector<std::filesystem::path>& files);

}  // namespace ocellus::run
