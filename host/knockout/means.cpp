#include "host/knockout/means.hpp"

#include <algorithm>

#include "host/knockout/settings.hpp"
#include "host/store/table_writer.hpp"

namespace ocellus::knockout {

void Means::add(const std::vector<Outcome>& outcomes) {
  for (const Outcome& outcome : outcomes) {
    auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& of) { return of.label == outcome.label; });
    if (row == rows_.end()) row = rows_.insert(rows_.end(), Row{outcome.label, outcome.settings});
    row->clean.add(outcome.tokens.front().clean);
    row->first_change.add(outcome.first_change());
    row->answer_change.add(outcome.answer_change());
    row->flips.add(outcome.flips() ? 1 : 0);
  }
}

store::ArtifactData Means::table() const {
  store::TableWriter table(stage_label, "");
  const auto with_error = [&](const std::string& column, const statistics::Mean& mean) {
    table.number(column, mean.value());
    table.number(column + "_error", mean.error());
  };
  for (const Row& row : rows_) {
    table.text("label", row.label);
    for (const registry::ParamRecord& param : options_record().params)
      table.text(param.key, row.settings.at(param.key).get<std::string>());
    table.number("n", static_cast<double>(row.clean.n()));
    table.number("first", row.clean.value());
    with_error("first_change", row.first_change);
    with_error("answer_change", row.answer_change);
    with_error("flips", row.flips);
  }
  return table.done();
}

}  // namespace ocellus::knockout
