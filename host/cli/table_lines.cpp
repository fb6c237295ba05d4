#include "host/cli/table_lines.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ocellus/sdk/run.hpp>

#include "host/collection/stored.hpp"
#include "host/store/json_text.hpp"
#include "host/store/stored_values.hpp"

namespace ocellus::cli {

TableLines::TableLines(const store::ArtifactData& table) {
  for (const auto& [key, value] : table.texts) texts_[key] = lines_of(value);
  for (const auto& [key, array] : table.tensors) numbers_[key] = store::elements_of<float>(array);
}

std::string TableLines::with_error(const std::string& column, size_t line) const {
  const double error = number(column + "_error", line);
  return std::isnan(error) ? fmt::format("{:.3f}", number(column, line))
                           : fmt::format("{:.3f} ± {:.3f}", number(column, line), error);
}

void TableLines::put_with_error(nlohmann::ordered_json& entry, const std::string& column, size_t line) const {
  entry[column] = number(column, line);
  entry[column + "_error"] = store::number_or_null(number(column + "_error", line));
}

void print_table(const std::filesystem::path& out, const std::string& stage, bool json,
                 nlohmann::ordered_json (*json_of)(const TableLines&), void (*print_text)(const TableLines&)) {
  for (const collection::StoredResult& result : collection::read_results(out, stage)) {
    if (result.artifact.type != "table/1" || !result.artifact.name.empty()) continue;
    const TableLines lines(result.artifact);
    if (json) {
      fmt::print("{}\n", store::json_line(json_of(lines)));
    } else {
      print_text(lines);
    }
  }
}

}  // namespace ocellus::cli
