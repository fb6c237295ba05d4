#include "host/store/heatmap.hpp"

#include "host/store/stored_values.hpp"

namespace ocellus::store {
namespace {

constexpr const char* stack_type = "heatmap-stack/1";

// A stack's texts name the map they are about by its place on the axis.
std::string why_degenerate(const ArtifactData& artifact, size_t map) {
  const Array* index = find_tensor(artifact, "index");
  const std::string of_map =
      index != nullptr ? "degenerate." + std::to_string(elements_of<int64_t>(*index).at(map)) : "degenerate";
  for (const auto& [key, sentence] : artifact.texts) {
    if (key == "degenerate" || key == of_map) return sentence;
  }
  return "";
}

}  // namespace

MapName name_of_map(const ArtifactData& artifact, size_t map) {
  MapName name;
  if (const double* layer = find_number(artifact, "layer")) name.layer = static_cast<int64_t>(*layer);
  if (artifact.type != stack_type) return name;
  const std::string& axis = *find_text(artifact, "axis");
  const int64_t number = elements_of<int64_t>(*find_tensor(artifact, "index")).at(map);
  if (axis == "layer") {
    name.layer = number;
  } else {
    name.part = axis + std::to_string(number);
  }
  return name;
}

std::string label_of_map(const ArtifactData& artifact, const MapName& map) {
  std::string label = artifact.label;
  for (const std::string& word : {artifact.name, map.part}) {
    if (!word.empty()) label += "." + word;
  }
  return label;
}

bool is_of_heatmaps(std::string_view type) {
  return type == "heatmap/1" || type == stack_type;
}

std::vector<Heatmap> heatmaps_of(const ArtifactData& artifact) {
  std::vector<Heatmap> maps;
  const Array* array = find_tensor(artifact, "values");
  if (array == nullptr || !is_of_heatmaps(artifact.type)) return maps;
  const std::vector<float> values = elements_of<float>(*array);
  const int64_t rows = array->shape[array->shape.size() - 2], cols = array->shape.back();
  const size_t n_cells = static_cast<size_t>(rows * cols);
  std::vector<Heatmap::Cell> cells;
  if (const Array* stored = find_tensor(artifact, "cells"); stored != nullptr)
    cells = elements_of<Heatmap::Cell>(*stored);
  if (cells.size() != n_cells) cells.clear();
  for (size_t map = 0; (map + 1) * n_cells <= values.size(); ++map) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(map * n_cells);
    maps.push_back({name_of_map(artifact, map),
                    rows,
                    cols,
                    {begin, begin + static_cast<std::ptrdiff_t>(n_cells)},
                    cells,
                    why_degenerate(artifact, map)});
  }
  return maps;
}

}  // namespace ocellus::store
