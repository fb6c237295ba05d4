#include "plugins/renderers/export/statistics.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace ocellus::exporting {
namespace {

using nlohmann::ordered_json;

constexpr const char* t2v = "text_to_visual";
constexpr const char* v2t = "visual_to_text";

class Rows {
 public:
  explicit Rows(const ArtifactView& table)
      : table_(table), quantities_(lines_of(table.text("quantity"))), categories_(lines_of(table.text("category"))) {}

  size_t size() const { return quantities_.size(); }
  const std::string& quantity(size_t row) const { return quantities_[row]; }
  const std::string& category(size_t row) const { return categories_[row]; }
  int64_t whole(const char* column, size_t row) const { return table_.tensor<int64_t>(column)(row); }
  double number(const std::string& column, size_t row) const {
    return static_cast<double>(table_.tensor<float>(column.c_str())(row));
  }

  // {column: number} of a row.
  ordered_json record(size_t row, const std::vector<std::string>& columns) const {
    ordered_json record;
    for (const std::string& column : columns) record[column] = number(column, row);
    return record;
  }

 private:
  const ArtifactView& table_;
  std::vector<std::string> quantities_, categories_;
};

std::string text_of(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

bool is_statistics(const ArtifactView& table) {
  return table.type() == "table/1" && !table.text("quantity").empty() && table.has("q90") && table.has("std");
}

std::string statistics_json(const ArtifactView& table, size_t n_samples) {
  const Rows rows(table);
  ordered_json json{{"total_samples", n_samples}, {"total_heads", 0}, {"t2v_stats", {}}, {"v2t_stats", {}}};
  json["category_stats"] = ordered_json::object();
  for (size_t row = 0; row < rows.size(); ++row) {
    const bool is_t2v = rows.quantity(row) == t2v;
    if ((!is_t2v && rows.quantity(row) != v2t) || rows.whole("layer", row) >= 0) continue;
    if (rows.category(row).empty()) {
      json["total_heads"] = rows.whole("n", row);
      json[is_t2v ? "t2v_stats" : "v2t_stats"] = rows.record(row, {"mean", "median", "std", "min", "max"});
    } else {
      ordered_json& category = json["category_stats"][rows.category(row)];
      category["num_heads"] = rows.whole("n", row);
      category[is_t2v ? "t2v_mean" : "v2t_mean"] = rows.number("mean", row);
    }
  }
  return text_of(json);
}

std::string category_layers_json(const ArtifactView& table, const std::string& quantity) {
  const Rows rows(table);
  ordered_json json = ordered_json::object();
  for (size_t row = 0; row < rows.size(); ++row) {
    const int64_t layer = rows.whole("layer", row);
    if (rows.quantity(row) != quantity || rows.category(row).empty() || layer < 0) continue;
    ordered_json record = rows.record(row, {"mean", "median", "std"});
    record["variance"] = rows.number("std", row) * rows.number("std", row);
    record.update(rows.record(row, {"min", "max", "q10", "q20", "q30", "q40", "q50", "q60", "q70", "q80", "q90"}));
    json[rows.category(row)][fmt::format("layer_{}", layer + 1)] = std::move(record);
  }
  return text_of(json);
}

}  // namespace ocellus::exporting
