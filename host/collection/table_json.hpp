// Tables as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "host/store/schema.hpp"

namespace ocellus::collection {

// The rows of a table/1, each an object of its columns in their order; a number that is not defined is null. Throws
// Error(OC_E_INTERNAL) for what is no table/1.
nlohmann::ordered_json table_rows(const store::ArtifactData& table);

}  // namespace ocellus::collection
