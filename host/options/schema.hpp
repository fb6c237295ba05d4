// The options of a plugin as JSON Schema (draft 2020-12), for editors and for programs that write configurations.
#pragma once

#include <nlohmann/json.hpp>

#include "host/registry/records.hpp"

namespace ocellus::options {

// An object with one property an option, with its help, bounds and default.
nlohmann::ordered_json option_schema(const registry::PluginRecord& plugin);

}  // namespace ocellus::options
