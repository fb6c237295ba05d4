#include "host/sanity/table.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <ocellus/sdk/run.hpp>
#include <utility>

namespace ocellus::sanity {
namespace {

constexpr float undefined_number = std::numeric_limits<float>::quiet_NaN();

store::Array array_of(const std::vector<float>& values) {
  store::Array array{store::Array::Type::f32, {static_cast<int64_t>(values.size())}, {}};
  array.bytes.resize(values.size() * sizeof(float));
  std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

}  // namespace

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
  std::vector<std::string> labels, checks, verdicts;
  std::vector<float> layers, randomised, n, undefined, correlations, errors;
  for (const Row& row : rows()) {
    for (const Cell& cell : row.cells) {
      labels.push_back(row.label);
      layers.push_back(row.layer ? static_cast<float>(*row.layer) : undefined_number);
      checks.emplace_back(name_of(cell.stage.check));
      const bool is_weights = cell.stage.check == Check::weights;
      randomised.push_back(is_weights ? static_cast<float>(cell.stage.layers) : undefined_number);
      n.push_back(static_cast<float>(cell.correlation.n()));
      undefined.push_back(static_cast<float>(cell.undefined));
      correlations.push_back(cell.correlation.n() > 0 ? static_cast<float>(cell.correlation.value())
                                                      : undefined_number);
      errors.push_back(static_cast<float>(cell.correlation.error()));
      verdicts.emplace_back(name_of(cell.verdict));
    }
  }
  store::ArtifactData table;
  table.type = "table/1";
  table.label = stage_label;
  table.texts = {{"label", joined_lines(labels)},
                 {"check", joined_lines(checks)},
                 {"reacts", joined_lines(verdicts)},
                 {"columns", "label layer check randomised n undefined correlation correlation_error reacts"}};
  table.numbers = {{"threshold", threshold_}};
  for (auto& [name, values] : {std::pair("layer", &layers), std::pair("randomised", &randomised), std::pair("n", &n),
                               std::pair("undefined", &undefined), std::pair("correlation", &correlations),
                               std::pair("correlation_error", &errors)})
    table.tensors.emplace_back(name, array_of(*values));
  store::check_schema(table);
  return table;
}

}  // namespace ocellus::sanity
