#include "host/cli/knockout_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "host/cli/table_lines.hpp"
#include "host/knockout/settings.hpp"

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
    for (const char* column : {"first_change", "answer_change", "flips"}) lines.put_with_error(entry, column, i);
    list.push_back(std::move(entry));
  }
  return {{"knockouts", std::move(list)}};
}

}  // namespace

void print_knockouts(const std::filesystem::path& out, bool json) {
  print_table(out, knockout::stage_label, json, json_of, print_text);
}

}  // namespace ocellus::cli
