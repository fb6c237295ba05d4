// SHA-256 of files.
#pragma once

#include <filesystem>
#include <ocellus/sdk/sha256.hpp>
#include <string>

namespace ocellus::store {

// 64 lower-case hexadecimal digits. Throws Error(OC_E_MODEL) if the file cannot be read.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace ocellus::store
