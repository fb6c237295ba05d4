#include "host/faithfulness/means.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "host/store/stored_values.hpp"
#include "host/store/table_writer.hpp"

namespace ocellus::faithfulness {
namespace {

Areas difference_of(const Areas& a, const Areas& b) {
  Areas difference;
  for (const auto& [name, member] : area_names()) difference.*member = a.*member - b.*member;
  return difference;
}

void layer(store::TableWriter& table, const std::string& column, const std::optional<int64_t>& layer) {
  table.number(column, layer ? static_cast<double>(*layer) : std::numeric_limits<double>::quiet_NaN());
}

// Every number with its standard error.
void put(store::TableWriter& table, const std::vector<statistics::Mean>& numbers) {
  table.number("n", static_cast<double>(numbers.front().n()));
  for (size_t i = 0; i < numbers.size(); ++i) {
    table.number(area_names()[i].name, numbers[i].value());
    table.number(fmt::format("{}_error", area_names()[i].name), numbers[i].error());
  }
}

std::string key_of(const std::string& label, const std::optional<int64_t>& layer) {
  return layer ? fmt::format("{}\n{}", label, *layer) : label;
}

}  // namespace

void Means::Numbers::add(const Areas& areas) {
  of.resize(area_names().size());
  for (size_t i = 0; i < of.size(); ++i) of[i].add(areas.*area_names()[i].member);
}

void Means::add(const std::vector<Judgement>& judgements) {
  for (size_t i = 0; i < judgements.size(); ++i) {
    const Judgement& judgement = judgements[i];
    const Name name{judgement.label, judgement.layer};
    auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& of) { return of.name == name; });
    if (row == rows_.end()) row = rows_.insert(rows_.end(), {name, {}, {}, {}, {}});
    row->map.add(judgement.map);
    row->random.add(judgement.random);
    row->centre.add(judgement.centre);
    if (judgement.oracle) row->oracle.add(*judgement.oracle);
    add_pair(name, {source_name(Source::random), {}}, judgement.map, judgement.random);
    add_pair(name, {source_name(Source::centre), {}}, judgement.map, judgement.centre);
    if (judgement.oracle) add_pair(name, {source_name(Source::oracle), {}}, judgement.map, *judgement.oracle);
    for (size_t other = i + 1; other < judgements.size(); ++other) {
      if (judgements[other].image != judgement.image) continue;
      add_pair(name, {judgements[other].label, judgements[other].layer}, judgement.map, judgements[other].map);
    }
  }
}

void Means::add_pair(const Name& name, const Name& minus, const Areas& a, const Areas& b) {
  const std::string key = key_of(name.label, name.layer) + "\n-\n" + key_of(minus.label, minus.layer);
  const auto [place, is_new] = places_.emplace(key, pairs_.size());
  if (is_new) pairs_.push_back({name, minus, {}});
  pairs_[place->second].difference.add(difference_of(a, b));
}

store::ArtifactData Means::table() const {
  store::TableWriter table(stage_label, "");
  for (const Row& row : rows_) {
    for (const auto& [source, numbers] :
         {std::pair(Source::map, &row.map), std::pair(Source::random, &row.random),
          std::pair(Source::centre, &row.centre), std::pair(Source::oracle, &row.oracle)}) {
      if (numbers->of.empty()) continue;
      table.text("label", row.name.label);
      layer(table, "layer", row.name.layer);
      table.text("order", source_name(source));
      put(table, numbers->of);
    }
  }
  return table.done();
}

store::ArtifactData Means::differences() const {
  store::TableWriter table(stage_label, "differences");
  for (const Pair& pair : pairs_) {
    table.text("label", pair.name.label);
    layer(table, "layer", pair.name.layer);
    table.text("minus", pair.minus.label);
    layer(table, "minus_layer", pair.minus.layer);
    put(table, pair.difference.of);
  }
  return table.done();
}

void MeanCurves::add(const store::ArtifactData& curves) {
  const std::vector<StoredCurve> all = read_curves(curves);
  value_name_ = *store::find_text(curves, "value");
  for (const StoredCurve& curve : all) {
    auto sum = std::find_if(sums_.begin(), sums_.end(), [&](const Sum& of) {
      return of.first.source == curve.source && of.first.label == curve.label && of.first.layer == curve.layer &&
             of.first.grid == curve.grid && of.x.size() == curve.x.size();
    });
    if (sum == sums_.end()) {
      sum = sums_.insert(sums_.end(), {curve, {}, {}, {}, {}});
      for (std::vector<statistics::Mean>* line : {&sum->x, &sum->deletion, &sum->insertion})
        line->resize(curve.x.size());
      sum->areas.resize(area_names().size());
    }
    for (size_t i = 0; i < curve.x.size(); ++i) {
      sum->x[i].add(curve.x[i]);
      sum->deletion[i].add(curve.deletion[i]);
      sum->insertion[i].add(curve.insertion[i]);
    }
    for (size_t i = 0; i < sum->areas.size(); ++i) sum->areas[i].add(curve.areas.*area_names()[i].member);
  }
}

store::ArtifactData MeanCurves::artifact() const {
  std::vector<StoredCurve> curves;
  for (const Sum& sum : sums_) {
    StoredCurve& curve = curves.emplace_back(sum.first);
    for (size_t i = 0; i < curve.x.size(); ++i) {
      curve.x[i] = sum.x[i].value();
      curve.deletion[i] = sum.deletion[i].value();
      curve.insertion[i] = sum.insertion[i].value();
      // One sample has no error; the schema wants numbers, so it is 0 beside samples = 1.
      curve.deletion_error.push_back(sum.x[i].n() > 1 ? sum.deletion[i].error() : 0);
      curve.insertion_error.push_back(sum.x[i].n() > 1 ? sum.insertion[i].error() : 0);
    }
    for (size_t i = 0; i < sum.areas.size(); ++i) curve.areas.*area_names()[i].member = sum.areas[i].value();
  }
  store::ArtifactData artifact = curves_artifact(curves, value_name_, -1);
  artifact.name = "mean";
  artifact.numbers = {{"samples", static_cast<double>(sums_.front().x.front().n())}};
  store::check_schema(artifact);
  return artifact;
}

}  // namespace ocellus::faithfulness
