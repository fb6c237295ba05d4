#include "host/collection/table_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "host/collection/table_columns.hpp"

namespace ocellus::collection {
namespace {

using nlohmann::ordered_json;

ordered_json field_of(const std::string& text) {
  return text;
}

ordered_json field_of(int64_t number) {
  return number;
}

// The double that is written with as many digits as the float has.
ordered_json field_of(float number) {
  if (!std::isfinite(number)) return nullptr;
  return std::strtod(fmt::format("{}", number).c_str(), nullptr);
}

}  // namespace

ordered_json table_rows(const store::ArtifactData& table) {
  ordered_json rows = ordered_json::array();
  for (const TableColumn& column : columns_of(table)) {
    const auto append = [&](const auto& fields) {
      while (rows.size() < fields.size()) rows.push_back(ordered_json::object());
      for (size_t row = 0; row < fields.size(); ++row) rows[row][column.name] = field_of(fields[row]);
    };
    std::visit(append, column.fields);
  }
  return rows;
}

}  // namespace ocellus::collection
