#include "plugins/methods/smooth_gradcam/cam_artifact.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ocellus::methods {
namespace {

void describe(ArtifactWriter& artifact, const CamDescription& description) {
  const auto n = static_cast<int64_t>(description.layers.size()),
             draws = static_cast<int64_t>(description.target.size());
  artifact.tensor("maximum", description.maxima, {n, draws})
      .tensor("target_value", description.target, {draws})
      .text("layers", fmt::format("{}", fmt::join(description.layers, "+")));
  for (const auto& [key, value] : description.texts) artifact.text(key, value);
  for (const auto& [key, value] : description.numbers) artifact.number(key, value);
  artifact.number("draws.empty",
                  static_cast<double>(std::count(description.maxima.begin(), description.maxima.end(), 0.0f)));
}

}  // namespace

void emit_map(const Run& run, const oc_grid& grid, const CamDescription& description, CamMap map) {
  ArtifactWriter artifact = run.artifact("heatmap/1", grid.image, description.name.c_str());
  artifact.tensor("values", std::move(map.values), {grid.rows, grid.cols});
  if (!map.standard_error.empty())
    artifact.tensor("standard_error", std::move(map.standard_error), {grid.rows, grid.cols});
  if (map.agreement) artifact.number("draws.agreement", *map.agreement);
  if (description.layers.size() == 1) artifact.number("layer", static_cast<double>(description.layers.front()));
  if (!map.degenerate.empty()) artifact.text("degenerate", map.degenerate);
  describe(artifact, description);
  artifact.commit();
}

void emit_maps(const Run& run, const oc_grid& grid, const CamDescription& description,
               const std::vector<CamMap>& maps) {
  const auto n = static_cast<int64_t>(maps.size());
  std::vector<float> values, errors, agreement;
  for (const CamMap& map : maps) {
    values.insert(values.end(), map.values.begin(), map.values.end());
    errors.insert(errors.end(), map.standard_error.begin(), map.standard_error.end());
    // Where no two draws differ and no two cells either, nothing contradicts their agreement.
    agreement.push_back(static_cast<float>(map.agreement.value_or(1.0)));
  }
  ArtifactWriter artifact = run.artifact("heatmap-stack/1", grid.image, description.name.c_str());
  artifact.tensor("values", std::move(values), {n, grid.rows, grid.cols})
      .tensor("index", description.layers, {n})
      .text("axis", "layer");
  if (!errors.empty()) {
    artifact.tensor("standard_error", std::move(errors), {n, grid.rows, grid.cols});
    artifact.tensor("draws.agreement", std::move(agreement), {n});
  }
  for (size_t i = 0; i < maps.size(); ++i) {
    if (!maps[i].degenerate.empty())
      artifact.text(fmt::format("degenerate.{}", description.layers[i]).c_str(), maps[i].degenerate);
  }
  describe(artifact, description);
  artifact.commit();
}

}  // namespace ocellus::methods
