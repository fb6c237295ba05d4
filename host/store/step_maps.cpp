#include "host/store/step_maps.hpp"

#include "host/store/stored_values.hpp"

namespace ocellus::store {

StepMaps step_maps_of(const ArtifactData& artifact) {
  StepMaps maps;
  maps.layers = elements_of<int64_t>(*find_tensor(artifact, "layers"));
  maps.n_images = static_cast<int32_t>(*find_number(artifact, "images"));
  const auto prompt_tokens = static_cast<size_t>(*find_number(artifact, "prompt_tokens"));
  const std::vector<int64_t> offsets = elements_of<int64_t>(*find_tensor(artifact, "offsets"));  // [N, 2]
  const std::vector<int64_t> tokens = elements_of<int64_t>(*find_tensor(artifact, "tokens"));
  const std::vector<int64_t> stops = elements_of<int64_t>(*find_tensor(artifact, "is_stop"));
  const std::string& text = *find_text(artifact, "text");
  const size_t answer =
      2 * prompt_tokens < offsets.size() ? static_cast<size_t>(offsets[2 * prompt_tokens]) : text.size();
  maps.answer = text.substr(answer);
  for (size_t step = 0; step < tokens.size(); ++step) {
    if (stops[step] != 0) continue;
    const auto token = static_cast<size_t>(tokens[step]);
    maps.steps.push_back({step, token - prompt_tokens, static_cast<size_t>(offsets[2 * token]) - answer,
                          static_cast<size_t>(offsets[2 * token + 1]) - answer});
  }
  return maps;
}

Heatmap map_of_step(const ArtifactData& artifact, int32_t image, size_t layer, size_t step) {
  const std::string key = "image" + std::to_string(image);
  const Array& values = *find_tensor(artifact, key);  // [L, S, rows, cols]
  Heatmap map;
  map.name.layer = elements_of<int64_t>(*find_tensor(artifact, "layers")).at(layer);
  map.rows = values.shape[2];
  map.cols = values.shape[3];
  const auto n_cells = static_cast<size_t>(map.rows * map.cols);
  map.values = elements_of<float>(values, (layer * static_cast<size_t>(values.shape[1]) + step) * n_cells, n_cells);
  if (const Array* cells = find_tensor(artifact, key + ".cells"); cells != nullptr)
    map.cells = elements_of<Heatmap::Cell>(*cells);
  return map;
}

}  // namespace ocellus::store
