// tests/data as the tests read it.
#pragma once

#include <filesystem>

namespace ocellus::data_tool {

// Makes the folder `target` a copy of `source` with the .safetensors files in the place of their recipes. Throws Error
// if `target` exists, and for a recipe that gives other weights than numpy's.
void mirror(const std::filesystem::path& source, const std::filesystem::path& target);

}  // namespace ocellus::data_tool
