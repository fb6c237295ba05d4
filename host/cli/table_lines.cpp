#include "host/cli/table_lines.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ocellus/sdk/run.hpp>

#include "host/collection/stored.hpp"
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

std::optional<TableLines> stored_lines(const std::filesystem::path& out, const std::string& stage) {
  for (const collection::StoredResult& result : collection::read_results(out, stage)) {
    if (result.artifact.type == "table/1" && result.artifact.name.empty()) return TableLines(result.artifact);
  }
  return std::nullopt;
}

}  // namespace ocellus::cli
