#include "host/cli/faithfulness_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "host/cli/table_lines.hpp"
#include "host/faithfulness/settings.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;

bool is_map(const TableLines& lines, size_t line) {
  return lines.text("order", line) == "map";
}

std::string text_of(const TableLines& lines, size_t i) {
  const double layer = is_map(lines, i) ? lines.number("layer", i) : std::nan("");
  return fmt::format("  {:<28} {:>5} {:>5} {:>15} {:>15} {:>15} {:>15}\n",
                     is_map(lines, i) ? lines.text("label", i) : "  " + lines.text("order", i),
                     std::isnan(layer) ? "" : fmt::format("{}", layer), lines.number("n", i),
                     lines.with_error("insertion", i), lines.with_error("deletion", i), lines.with_error("gap", i),
                     lines.with_error("flip_area", i));
}

void print_text(const TableLines& lines) {
  fmt::print(
      "Does the answer hang on what the map calls important? Means over n maps, ± standard error; random and "
      "centre are controls that see no map, oracle one that sees the known box, where there is one.\n");
  fmt::print("  {:<28} {:>5} {:>5} {:>15} {:>15} {:>15} {:>15}\n", "map", "layer", "n", "insertion", "deletion", "gap",
             "flips at");
  // Maps of one grid share their controls, which then stand below the last of them.
  std::string controls;
  for (size_t i = 0; i < lines.size();) {
    const std::string map = text_of(lines, i++);
    std::string of_map;
    for (; i < lines.size() && !is_map(lines, i); ++i) of_map += text_of(lines, i);
    if (of_map != controls) fmt::print("{}", std::exchange(controls, of_map));
    fmt::print("{}", map);
  }
  fmt::print("{}", controls);
}

ordered_json json_of(const TableLines& lines) {
  ordered_json list = ordered_json::array();
  for (size_t i = 0; i < lines.size(); ++i) {
    ordered_json entry{{"label", lines.text("label", i)}};
    if (const double layer = lines.number("layer", i); !std::isnan(layer)) entry["layer"] = layer;
    entry["order"] = lines.text("order", i);
    entry["n"] = lines.number("n", i);
    for (const char* column : {"insertion", "deletion", "gap", "flip_area", "flips"})
      lines.put_with_error(entry, column, i);
    list.push_back(std::move(entry));
  }
  return {{"faithfulness", std::move(list)}};
}

}  // namespace

void print_faithfulness(const std::filesystem::path& out, bool json) {
  print_table(out, faithfulness::stage_label, json, json_of, print_text);
}

}  // namespace ocellus::cli
