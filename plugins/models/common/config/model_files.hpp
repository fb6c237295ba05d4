// The files of a model folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ocellus::models {

// Paths of everything in a Hugging Face folder that decides the numbers, as far as it is there, in a fixed order.
// Throws Error(OC_E_MODEL) if the index of its weights is malformed.
std::vector<std::string> deciding_files(const std::filesystem::path& folder);

}  // namespace ocellus::models
