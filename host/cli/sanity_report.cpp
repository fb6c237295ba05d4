#include "host/cli/sanity_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "host/cli/one_line.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;
using Cell = sanity::Table::Cell;
using Row = sanity::Table::Row;

bool colours() {
  return ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

std::string heading_of(const sanity::Stage& stage, int64_t layers) {
  return stage.check == sanity::Check::weights ? fmt::format("weights {}/{}", stage.layers, layers)
                                               : sanity::name_of(stage.check);
}

// "0.123 ± 0.045", with how many samples have no correlation behind it.
std::string text_of(const Cell& cell) {
  if (cell.correlation.n() == 0) return "none";
  std::string text = fmt::format("{:.3f}", cell.correlation.value());
  if (cell.correlation.n() > 1) text += fmt::format(" ± {:.3f}", cell.correlation.error());
  if (cell.undefined > 0) text += fmt::format(" (n={})", cell.correlation.n());
  return text;
}

const Cell* cell_of(const Row& row, const sanity::Stage& stage) {
  const auto at = std::find_if(row.cells.begin(), row.cells.end(), [&](const Cell& of) { return of.stage == stage; });
  return at == row.cells.end() ? nullptr : &*at;
}

// Those with this verdict.
std::string checks_of(const Row& row, sanity::Verdict verdict) {
  std::string checks;
  for (const Cell& cell : row.cells) {
    if (cell.verdict == verdict) checks += fmt::format("{}{}", checks.empty() ? "" : ", ", name_of(cell.stage.check));
  }
  return checks;
}

void print_row(const Row& row, const std::vector<sanity::Stage>& stages, size_t width) {
  size_t n = 0;
  for (const Cell& cell : row.cells) n = std::max(n, cell.correlation.n() + cell.undefined);
  fmt::print("  {:<{}} {:>5} {:>4}", one_line(row.label), width, row.layer ? fmt::format("{}", *row.layer) : "", n);
  for (const sanity::Stage& stage : stages) {
    const Cell* cell = cell_of(row, stage);
    fmt::print(" {:>15}", cell == nullptr ? "" : text_of(*cell));
  }
  if (const std::string dead = checks_of(row, sanity::Verdict::does_not_react); !dead.empty()) {
    fmt::print("  {}does not react to {}{}", colours() ? "\033[31m" : "", dead, colours() ? "\033[0m" : "");
  } else if (const std::string unknown = checks_of(row, sanity::Verdict::unknown); !unknown.empty()) {
    fmt::print("  unknown: {}", unknown);
  } else {
    fmt::print("  reacts");
  }
  fmt::print("\n");
}

void print_text(const std::vector<Row>& rows, const std::vector<sanity::Stage>& stages, int64_t layers,
                double threshold, const std::vector<Undone>& undone) {
  if (!rows.empty()) {
    fmt::print(
        "Does the map depend on what it claims to explain? Rank correlation of the altered map with its original, "
        "means over n maps, ± standard error; above {} the map does not react.\n",
        threshold);
    size_t width = 3;
    for (const Row& row : rows) width = std::max(width, one_line(row.label).size());
    fmt::print("  {:<{}} {:>5} {:>4}", "map", width, "layer", "n");
    for (const sanity::Stage& stage : stages) fmt::print(" {:>15}", heading_of(stage, layers));
    fmt::print("\n");
    for (const Row& row : rows) print_row(row, stages, width);
  }
  for (const Undone& of : undone) fmt::print("  {}\n", one_line(sentence_of(of)));
}

ordered_json json_of(const std::vector<Row>& rows, double threshold, const std::vector<Undone>& undone) {
  ordered_json list = ordered_json::array();
  for (const Row& row : rows) {
    for (const Cell& cell : row.cells) {
      ordered_json entry{{"label", row.label}};
      if (row.layer) entry["layer"] = *row.layer;
      entry["check"] = name_of(cell.stage.check);
      if (cell.stage.check == sanity::Check::weights) entry["randomised"] = cell.stage.layers;
      entry["n"] = cell.correlation.n();
      entry["undefined"] = cell.undefined;
      entry["correlation"] = store::number_or_null(cell.correlation.value());
      entry["correlation_error"] = store::number_or_null(cell.correlation.error());
      entry["reacts"] = name_of(cell.verdict);
      list.push_back(std::move(entry));
    }
  }
  return {{"sanity", {{"threshold", threshold}, {"maps", std::move(list)}, {"undone", reasons_of(undone)}}}};
}

}  // namespace

std::string description_of(const sanity::Stage& stage, int64_t layers) {
  switch (stage.check) {
    case sanity::Check::weights:
      return fmt::format("the last {} of {} layers random", stage.layers, layers);
    case sanity::Check::question:
      return "another question";
    case sanity::Check::image:
      break;
  }
  return "a blank picture";
}

std::string sentence_of(const Undone& undone) {
  return fmt::format("{} cannot be checked: {}", name_of(undone.first), undone.second);
}

ordered_json reasons_of(const std::vector<Undone>& undone) {
  ordered_json reasons = ordered_json::object();
  for (const auto& [check, why] : undone) reasons[name_of(check)] = why;
  return reasons;
}

void print_sanity(const sanity::Table& table, const std::vector<sanity::Stage>& stages, int64_t layers,
                  double threshold, const std::vector<Undone>& undone, bool json) {
  if (json) {
    fmt::print("{}\n", store::json_line(json_of(table.rows(), threshold, undone)));
  } else {
    print_text(table.rows(), stages, layers, threshold, undone);
  }
}

}  // namespace ocellus::cli
