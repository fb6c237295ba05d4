#include "plugins/methods/qa_attention/map_collection.hpp"

#include <limits>
#include <ocellus/sdk/table.hpp>

namespace ocellus::methods {

void MapCollection::add(const Run& run, const std::vector<ArtifactView>& artifacts) {
  for (const ArtifactView& artifact : artifacts) {
    const bool is_stack = artifact.type() == "heatmap-stack/1";
    if (!is_stack && artifact.type() != "heatmap/1") continue;
    const TensorView<float> values = artifact.tensor<float>("values");
    const std::vector<int64_t> shape = values.shape();
    if (samples_.empty()) shape_ = shape;
    alike_ = alike_ && shape == shape_;
    if (alike_) {
      values_.insert(values_.end(), values.flat().begin(), values.flat().end());
    } else {
      values_ = {};
    }
    samples_.push_back(run.text("id"));
    if (!is_stack) {
      const auto layer = static_cast<int64_t>(artifact.number("layer", -1));
      add_map(run, artifact, values.flat(), shape[1], layer, artifact.number("mass.image", 0),
              artifact.number("mass.question", 0));
      continue;
    }
    const TensorView<int64_t> layers = artifact.tensor<int64_t>("index");
    const TensorView<float> mass = artifact.tensor<float>("mass");
    const auto patches = static_cast<size_t>(shape[1] * shape[2]);
    for (size_t i = 0; i < layers.flat().size(); ++i) {
      add_map(run, artifact, values.flat().subspan(i * patches, patches), shape[2], layers(i),
              static_cast<double>(mass(i, 0)), static_cast<double>(mass(i, 1)));
    }
  }
}

void MapCollection::add_map(const Run& run, const ArtifactView& artifact, std::span<const float> values,
                            int64_t columns, int64_t layer, double image_mass, double question_mass) {
  const std::vector<double> map(values.begin(), values.end());
  const auto hottest = static_cast<int64_t>(largest(map, 1).front());
  rows_.push_back({.sample = run.text("id"),
                   .question = run.text("question"),
                   .image = artifact.image(),
                   .layer = layer,
                   .top_row = hottest / columns,
                   .top_column = hottest % columns,
                   .statistics = statistics_of(map),
                   .image_mass = image_mass,
                   .question_mass = question_mass});
}

void MapCollection::conclude(const Run& run) {
  if (rows_.empty()) return;
  if (alike_) emit_maps(run);
  emit_statistics(run);
}

void MapCollection::emit_maps(const Run& run) const {
  const auto n = static_cast<int64_t>(samples_.size());
  const int64_t rows = shape_[shape_.size() - 2], columns = shape_.back();
  std::vector<int64_t> shape{n};
  if (shape_.size() == 3) shape.push_back(shape_.front());
  shape.push_back(rows * columns);
  run.artifact("tensors/1", -1, "maps")
      .tensor("values", values_, std::move(shape))
      .tensor("grid", std::vector<int64_t>{rows, columns}, {2})
      .text("sample", joined_lines(samples_))
      .commit();
}

void MapCollection::emit_statistics(const Run& run) const {
  TableWriter table(run, "statistics");
  const auto texts = [&](const char* name, auto&& value) {
    std::vector<std::string> column;
    for (const Row& row : rows_) column.push_back(value(row));
    table.texts(name, column);
  };
  const auto integers = [&](const char* name, auto&& value) {
    std::vector<int64_t> column;
    for (const Row& row : rows_) column.push_back(value(row));
    table.numbers(name, std::move(column));
  };
  const auto reals = [&](const char* name, auto&& value) {
    std::vector<float> column;
    for (const Row& row : rows_) column.push_back(static_cast<float>(value(row)));
    table.numbers(name, std::move(column));
  };
  const bool is_difference = !options.difference.value().empty();
  texts("sample", [](const Row& row) { return row.sample; });
  texts("question", [](const Row& row) { return row.question; });
  integers("image", [](const Row& row) { return row.image; });
  integers("layer", [](const Row& row) { return row.layer; });
  reals("mean", [](const Row& row) { return row.statistics.mean; });
  reals("std", [](const Row& row) { return row.statistics.deviation; });
  reals("max", [](const Row& row) { return row.statistics.max; });
  reals("min", [](const Row& row) { return row.statistics.min; });
  reals("entropy", [&](const Row& row) {  // a difference is no distribution
    return is_difference ? std::numeric_limits<double>::quiet_NaN() : row.statistics.entropy;
  });
  reals("mass_image", [](const Row& row) { return row.image_mass; });
  reals("mass_question", [](const Row& row) { return row.question_mass; });
  integers("top_row", [](const Row& row) { return row.top_row; });
  integers("top_column", [](const Row& row) { return row.top_column; });
  table.commit();
}

}  // namespace ocellus::methods
