#include "host/collection/table_csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <ocellus/sdk/run.hpp>
#include <sstream>
#include <vector>

namespace ocellus::collection {
namespace {

using store::Array;

template <class T>
T element(const Array& array, size_t index) {
  T value;
  std::memcpy(&value, &array.bytes[index * sizeof(T)], sizeof(T));
  return value;
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string text(1, '"');
  for (const char c : field) text.append(c == '"' ? 2 : 1, c);
  return text.append(1, '"');
}

std::vector<std::string> fields_of(const store::ArtifactData& table, const std::string& column) {
  for (const auto& [key, value] : table.texts) {
    if (key != column) continue;
    std::vector<std::string> fields = lines_of(value);
    for (std::string& field : fields) field = quoted(field);
    return fields;
  }
  std::vector<std::string> fields;
  for (const auto& [key, array] : table.tensors) {
    if (key != column) continue;
    for (size_t i = 0; i < static_cast<size_t>(array.shape.front()); ++i) {
      const bool whole = array.type == Array::Type::i64;
      const float value = whole ? 0 : element<float>(array, i);
      fields.push_back(whole                  ? fmt::format("{}", element<int64_t>(array, i))
                       : std::isfinite(value) ? fmt::format("{}", value)
                                              : "");
    }
  }
  return fields;
}

}  // namespace

std::string table_csv(const store::ArtifactData& table) {
  store::check_schema(table);
  std::string names;
  for (const auto& [key, value] : table.texts) {
    if (key == "columns") names = value;
  }
  std::vector<std::vector<std::string>> columns;
  std::istringstream words(names);
  std::string csv;
  for (std::string name; words >> name;) {
    csv += (columns.empty() ? "" : ",") + name;
    columns.push_back(fields_of(table, name));
  }
  csv += '\n';
  for (size_t row = 0; row < columns.front().size(); ++row) {
    for (size_t column = 0; column < columns.size(); ++column) csv += (column > 0 ? "," : "") + columns[column][row];
    csv += '\n';
  }
  return csv;
}

}  // namespace ocellus::collection
