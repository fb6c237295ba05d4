#include "host/collection/table_columns.hpp"

#include <ocellus/sdk/run.hpp>
#include <sstream>

#include "host/store/stored_values.hpp"

namespace ocellus::collection {

std::vector<TableColumn> columns_of(const store::ArtifactData& table) {
  store::check_schema(table);
  std::vector<TableColumn> columns;
  std::istringstream names(*store::find_text(table, "columns"));
  for (std::string name; names >> name;) {
    TableColumn& column = columns.emplace_back(TableColumn{name, {}});
    if (const std::string* lines = store::find_text(table, name)) {
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
