// Tables as text.
#pragma once

#include <string>

#include "host/store/schema.hpp"

namespace ocellus::collection {

// A table/1 as CSV (RFC 4180, lines end with \n): the names of its columns, then its rows. Numbers read back as they
// were; one that is not finite is an empty field. Throws Error(OC_E_INTERNAL) unless check_schema() takes the table.
std::string table_csv(const store::ArtifactData& table);

}  // namespace ocellus::collection
