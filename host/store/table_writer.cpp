#include "host/store/table_writer.hpp"

#include <algorithm>
#include <ocellus/sdk/run.hpp>
#include <utility>

#include "host/store/stored_values.hpp"

namespace ocellus::store {

TableWriter::TableWriter(const std::string& label, const std::string& name) {
  table_.type = "table/1";
  table_.label = label;
  table_.name = name;
}

ArtifactData TableWriter::done() {
  std::string names;
  for (const Column& column : columns_) {
    names += (names.empty() ? "" : " ") + column.name;
    if (!column.texts.empty()) {
      table_.texts.emplace_back(column.name, joined_lines(column.texts));
    } else {
      table_.tensors.emplace_back(column.name, array_of(column.numbers, {static_cast<int64_t>(column.numbers.size())}));
    }
  }
  table_.texts.emplace_back("columns", names);
  check_schema(table_);
  return std::move(table_);
}

TableWriter::Column& TableWriter::column(const std::string& name) {
  const auto known = std::find_if(columns_.begin(), columns_.end(), [&](const Column& of) { return of.name == name; });
  return known != columns_.end() ? *known : columns_.emplace_back(Column{name, {}, {}});
}

}  // namespace ocellus::store
