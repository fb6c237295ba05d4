// JSON that others wrote: data sets and conversations.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace ocellus::run {

// Throws Error(OC_E_MODEL) with the place for what is not JSON, and for values nested deeper than anything that is
// meant: copying and writing them recurses, and the stack ends before memory does.
nlohmann::ordered_json parse_foreign_json(std::string_view text);

}  // namespace ocellus::run
