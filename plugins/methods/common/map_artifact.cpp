#include "plugins/methods/common/map_artifact.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace ocellus::methods {
namespace {

std::vector<float> mean_of(const std::vector<LayerMap>& maps, std::vector<float> LayerMap::*member) {
  std::vector<float> mean((maps.front().*member).size());
  for (size_t cell = 0; cell < mean.size(); ++cell) {
    double sum = 0;
    for (const LayerMap& map : maps) sum += static_cast<double>((map.*member)[cell]);
    mean[cell] = static_cast<float>(sum / static_cast<double>(maps.size()));
  }
  return mean;
}

std::vector<float> joined(const std::vector<LayerMap>& maps, std::vector<float> LayerMap::*member) {
  std::vector<float> all;
  for (const LayerMap& map : maps) all.insert(all.end(), (map.*member).begin(), (map.*member).end());
  return all;
}

double total(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double count_of(const std::vector<float>& removed) {
  return static_cast<double>(std::count_if(removed.begin(), removed.end(), [](float value) { return value != 0.0f; }));
}

void describe(ArtifactWriter& artifact, const MapDescription& description, const std::vector<LayerMap>& maps) {
  artifact.text("layers", fmt::format("{}", fmt::join(description.layers, "+")));
  for (const auto& [key, value] : description.texts) artifact.text(key, value);
  for (const auto& [key, value] : description.numbers) artifact.number(key, value);
  if (!description.relative) return;
  int64_t undefined = 0;
  for (const LayerMap& map : maps) undefined += map.undefined;
  artifact.number("relative.undefined", static_cast<double>(undefined));
}

// Masses of what the artifact shows as a whole: means over the layers.
void put_mass(ArtifactWriter& artifact, const MapDescription& description, const std::vector<LayerMap>& maps) {
  for (size_t group = 0; group < description.mass_groups.size(); ++group) {
    double sum = 0;
    for (const LayerMap& map : maps) sum += map.mass[group];
    artifact.number(("mass." + description.mass_groups[group]).c_str(), sum / static_cast<double>(maps.size()));
  }
}

// Arrays of a stack along `axis`, whose maps are those of `index`.
void put_stack(ArtifactWriter& artifact, const oc_grid& grid, const char* axis, const std::vector<int64_t>& index,
               const std::vector<LayerMap>& maps) {
  const int64_t n = static_cast<int64_t>(maps.size());
  artifact.tensor("values", joined(maps, &LayerMap::values), {n, grid.rows, grid.cols})
      .tensor("index", index, {n})
      .text("axis", axis);
  if (maps.front().removed.empty()) return;
  std::vector<float> cells, mass;
  for (const LayerMap& map : maps) {
    cells.push_back(static_cast<float>(count_of(map.removed)));
    mass.push_back(static_cast<float>(total(map.removed)));
  }
  artifact.tensor("removed", joined(maps, &LayerMap::removed), {n, grid.rows, grid.cols})
      .tensor("sinks.cells", std::move(cells), {n})
      .tensor("sinks.mass", std::move(mass), {n});
}

}  // namespace

void emit_mean(const Run& run, const oc_grid& grid, const MapDescription& description,
               const std::vector<LayerMap>& maps) {
  ArtifactWriter artifact = run.artifact("heatmap/1", grid.image);
  artifact.tensor("values", mean_of(maps, &LayerMap::values), {grid.rows, grid.cols});
  if (description.layers.size() == 1) artifact.number("layer", static_cast<double>(description.layers.front()));
  describe(artifact, description, maps);
  put_mass(artifact, description, maps);
  const auto is_degenerate = [](const LayerMap& map) { return !map.degenerate.empty(); };
  if (std::all_of(maps.begin(), maps.end(), is_degenerate)) artifact.text("degenerate", maps.front().degenerate);
  if (!maps.front().removed.empty()) {
    const std::vector<float> removed = mean_of(maps, &LayerMap::removed);
    artifact.tensor("removed", removed, {grid.rows, grid.cols})
        .number("sinks.cells", count_of(removed))
        .number("sinks.mass", total(removed));
  }
  artifact.commit();
}

void emit_stack(const Run& run, const oc_grid& grid, const MapDescription& description,
                const std::vector<LayerMap>& maps) {
  const int64_t n = static_cast<int64_t>(maps.size()), groups = static_cast<int64_t>(description.mass_groups.size());
  ArtifactWriter artifact = run.artifact("heatmap-stack/1", grid.image);
  put_stack(artifact, grid, "layer", description.layers, maps);
  describe(artifact, description, maps);
  for (size_t i = 0; i < maps.size(); ++i) {
    if (!maps[i].degenerate.empty())
      artifact.text(fmt::format("degenerate.{}", description.layers[i]).c_str(), maps[i].degenerate);
  }
  if (groups > 0) {
    std::vector<float> masses;
    for (const LayerMap& map : maps) masses.insert(masses.end(), map.mass.begin(), map.mass.end());
    artifact.tensor("mass", std::move(masses), {n, groups})
        .text("mass_groups", fmt::format("{}", fmt::join(description.mass_groups, " ")));
  }
  artifact.commit();
}

void emit_heads(const Run& run, const oc_grid& grid, const MapDescription& description,
                const std::vector<std::vector<LayerMap>>& heads) {
  std::vector<LayerMap> means, all;
  std::vector<int64_t> index(heads.size());
  std::iota(index.begin(), index.end(), int64_t{0});
  for (const std::vector<LayerMap>& maps : heads) {
    LayerMap& mean = means.emplace_back();
    mean.values = mean_of(maps, &LayerMap::values);
    mean.removed = mean_of(maps, &LayerMap::removed);
    all.insert(all.end(), maps.begin(), maps.end());
  }
  ArtifactWriter artifact = run.artifact("heatmap-stack/1", grid.image);
  put_stack(artifact, grid, "head", index, means);
  if (description.layers.size() == 1) artifact.number("layer", static_cast<double>(description.layers.front()));
  describe(artifact, description, all);
  put_mass(artifact, description, heads.front());
  artifact.commit();
}

}  // namespace ocellus::methods
