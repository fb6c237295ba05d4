#include "host/collection/table_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ocellus/sdk/run.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace ocellus::collection {
namespace {

using nlohmann::ordered_json;
using store::Array;

template <class T>
T element(const Array& array, size_t index) {
  T value;
  std::memcpy(&value, &array.bytes[index * sizeof(T)], sizeof(T));
  return value;
}

// The double that is written with as many digits as the float has.
ordered_json number(float value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{}", value).c_str(), nullptr);
}

std::vector<ordered_json> fields_of(const store::ArtifactData& table, const std::string& column) {
  std::vector<ordered_json> fields;
  for (const auto& [key, value] : table.texts) {
    if (key != column) continue;
    for (const std::string& line : lines_of(value)) fields.emplace_back(line);
    return fields;
  }
  for (const auto& [key, array] : table.tensors) {
    if (key != column) continue;
    for (size_t i = 0; i < static_cast<size_t>(array.shape.front()); ++i) {
      if (array.type == Array::Type::i64) {
        fields.emplace_back(element<int64_t>(array, i));
      } else {
        fields.push_back(number(element<float>(array, i)));
      }
    }
  }
  return fields;
}

}  // namespace

ordered_json table_rows(const store::ArtifactData& table) {
  store::check_schema(table);
  std::string names;
  for (const auto& [key, value] : table.texts) {
    if (key == "columns") names = value;
  }
  ordered_json rows = ordered_json::array();
  std::istringstream words(names);
  for (std::string name; words >> name;) {
    const std::vector<ordered_json> fields = fields_of(table, name);
    while (rows.size() < fields.size()) rows.push_back(ordered_json::object());
    for (size_t row = 0; row < fields.size(); ++row) rows[row][name] = fields[row];
  }
  return rows;
}

}  // namespace ocellus::collection
