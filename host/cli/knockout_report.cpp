#include "host/cli/knockout_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "host/cli/table_lines.hpp"
#include "host/knockout/settings.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;

void print_text(const TableLines& lines) {
  fmt::print(
      "What becomes of the answer without this attention? Means over n samples, ± standard error, of changes of "
      "probability; flips: the share whose likeliest first token becomes another.\n");
  fmt::print("  {:<40} {:>5} {:>7} {:>16} {:>16} {:>15}\n", "knocked out", "n", "first", "its change",
             "answer's change", "flips");
  for (size_t i = 0; i < lines.size(); ++i) {
    fmt::print("  {:<40} {:>5} {:>7.3f} {:>16} {:>16} {:>15}\n", lines.text("label", i), lines.number("n", i),
               lines.number("first", i), lines.with_error("first_change", i), lines.with_error("answer_change", i),
               lines.with_error("flips", i));
  }
}

ordered_json json_of(const TableLines& lines) {
  ordered_json list = ordered_json::array();
  for (size_t i = 0; i < lines.size(); ++i) {
    ordered_json entry{
        {"label", lines.text("label", i)}, {"n", lines.number("n", i)}, {"first", lines.number("first", i)}};
    for (const std::string column : {"first_change", "answer_change", "flips"}) {
      entry[column] = lines.number(column, i);
      const double error = lines.number(column + "_error", i);
      entry[column + "_error"] = std::isnan(error) ? ordered_json() : ordered_json(error);
    }
    list.push_back(std::move(entry));
  }
  return {{"knockouts", std::move(list)}};
}

}  // namespace

void print_knockouts(const std::filesystem::path& out, bool json) {
  const std::optional<TableLines> lines = stored_lines(out, knockout::stage_label);
  if (!lines) return;
  if (json) {
    fmt::print("{}\n", store::json_line(json_of(*lines)));
  } else {
    print_text(*lines);
  }
}

}  // namespace ocellus::cli
