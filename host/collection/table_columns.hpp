// A table/1 as its columns.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::collection {

struct TableColumn {
  std::string name;
  std::variant<std::vector<std::string>, std::vector<int64_t>, std::vector<float>> fields;
};

// In the order of the table, all of one length. Throws Error(OC_E_INTERNAL) unless check_schema() takes the table.
std::vector<TableColumn> columns_of(const store::ArtifactData& table);

}  // namespace ocellus::collection
