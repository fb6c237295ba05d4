// Files of a tokenizer.
#pragma once

#include <filesystem>
#include <string>

namespace ocellus::models {

// The bytes of a file. Throws Error(OC_E_MODEL) if it cannot be read.
std::string read_tokenizer_file(const std::filesystem::path& path);

}  // namespace ocellus::models
