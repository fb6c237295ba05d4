#include "host/collection/table_columns.hpp"

#include <algorithm>
#include <ocellus/sdk/run.hpp>
#include <sstream>

#include "host/store/stored_values.hpp"

namespace ocellus::collection {
namespace {

const std::string* find_text(const store::ArtifactData& table, const std::string& name) {
  const auto found =
      std::find_if(table.texts.begin(), table.texts.end(), [&](const auto& text) { return text.first == name; });
  return found == table.texts.end() ? nullptr : &found->second;
}

}  // namespace

std::vector<TableColumn> columns_of(const store::ArtifactData& table) {
  store::check_schema(table);
  std::vector<TableColumn> columns;
  std::istringstream names(*find_text(table, "columns"));
  for (std::string name; names >> name;) {
    TableColumn& column = columns.emplace_back(TableColumn{name, {}});
    if (const std::string* lines = find_text(table, name)) {
      column.fields = lines_of(*lines);
      continue;
    }
    const store::Array& array = *store::find_tensor(table, name);
    if (array.type == store::Array::Type::i64) {
      column.fields = store::elements_of<int64_t>(array);
    } else {
      column.fields = store::elements_of<float>(array);
    }
  }
  return columns;
}

}  // namespace ocellus::collection
