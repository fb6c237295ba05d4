// Files of one object an entry: JSON Lines, or a JSON array.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

namespace ocellus::run {

// Calls `use` for each entry in order, an object. Throws Error(OC_E_MODEL) with the line, or the entry's number, for
// what is no such file, and for what `use` throws.
void for_each_entry(const std::filesystem::path& file,
                    const std::function<void(const nlohmann::ordered_json& entry)>& use);

}  // namespace ocellus::run
