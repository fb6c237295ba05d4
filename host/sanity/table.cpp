#include "host/sanity/table.hpp"

#include <algorithm>
#include <limits>

#include "host/store/table_writer.hpp"

namespace ocellus::sanity {

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::partial:
      return "-";
    case Verdict::reacts:
      return "yes";
    case Verdict::does_not_react:
      return "no";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

void Table::add(const std::vector<Reaction>& reactions) {
  for (const Reaction& reaction : reactions) {
    auto row = std::find_if(rows_.begin(), rows_.end(),
                            [&](const Row& of) { return of.label == reaction.label && of.layer == reaction.layer; });
    if (row == rows_.end()) row = rows_.insert(rows_.end(), {reaction.label, reaction.layer, {}});
    auto cell =
        std::find_if(row->cells.begin(), row->cells.end(), [&](const Cell& of) { return of.stage == reaction.stage; });
    if (cell == row->cells.end()) cell = row->cells.insert(row->cells.end(), {reaction.stage, {}, 0, {}});
    if (reaction.correlation) {
      cell->correlation.add(*reaction.correlation);
    } else {
      ++cell->undefined;
    }
  }
}

std::vector<Table::Row> Table::rows() const {
  std::vector<Row> rows = rows_;
  for (Row& row : rows) {
    for (Cell& cell : row.cells) {
      const bool is_partial = cell.stage.check == Check::weights && cell.stage.layers < layers_;
      cell.verdict = is_partial                              ? Verdict::partial
                     : cell.correlation.n() == 0             ? Verdict::unknown
                     : cell.correlation.value() > threshold_ ? Verdict::does_not_react
                                                             : Verdict::reacts;
    }
  }
  return rows;
}

store::ArtifactData Table::artifact() const {
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  store::TableWriter table(stage_label, "");
  for (const Row& row : rows()) {
    for (const Cell& cell : row.cells) {
      table.text("label", row.label);
      table.number("layer", row.layer ? static_cast<double>(*row.layer) : undefined);
      table.text("check", name_of(cell.stage.check));
      const bool is_weights = cell.stage.check == Check::weights;
      table.number("randomised", is_weights ? static_cast<double>(cell.stage.layers) : undefined);
      table.number("n", static_cast<double>(cell.correlation.n()));
      table.number("undefined", static_cast<double>(cell.undefined));
      table.number("correlation", cell.correlation.value());
      table.number("correlation_error", cell.correlation.error());
      table.text("reacts", name_of(cell.verdict));
    }
  }
  store::ArtifactData artifact = table.done();
  artifact.numbers = {{"threshold", threshold_}};
  return artifact;
}

}  // namespace ocellus::sanity
