#include "host/collection/table_csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/collection/table_columns.hpp"

namespace ocellus::collection {
namespace {

std::string field_of(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted(1, '"');
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted.append(1, '"');
}

std::string field_of(int64_t number) {
  return fmt::format("{}", number);
}

std::string field_of(float number) {
  return std::isfinite(number) ? fmt::format("{}", number) : "";
}

}  // namespace

std::string table_csv(const store::ArtifactData& table) {
  std::string header;
  std::vector<std::string> rows;
  for (const TableColumn& column : columns_of(table)) {
    const std::string_view separator = header.empty() ? "" : ",";
    header.append(separator).append(column.name);
    const auto append = [&](const auto& fields) {
      rows.resize(fields.size());
      for (size_t row = 0; row < rows.size(); ++row) rows[row].append(separator).append(field_of(fields[row]));
    };
    std::visit(append, column.fields);
  }
  std::string csv = header + '\n';
  for (const std::string& row : rows) csv += row + '\n';
  return csv;
}

}  // namespace ocellus::collection
