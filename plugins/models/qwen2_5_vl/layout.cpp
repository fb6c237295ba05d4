#include "plugins/models/qwen2_5_vl/layout.hpp"

#include <cstdint>
#include <vector>

namespace ocellus::qwen2_5_vl {

namespace {

oc_grid grid_of(const PatchGrid& grid, const VisionConfig& vision, const oc_image& image, int32_t index) {
  const auto pixels = [&](int64_t patches) { return static_cast<uint32_t>(patches * vision.patch_size); };
  const auto cells = [&](int64_t patches) { return static_cast<uint32_t>(patches / vision.merge_size); };
  return {
      index, image.width, image.height, pixels(grid.width), pixels(grid.height), cells(grid.height), cells(grid.width),
      0};
}

// Appends the cells of a picture whose tokens begin at `first`.
void add_cells(std::vector<oc_cell>& cells, const oc_grid& grid, int64_t first) {
  const auto rows = static_cast<float>(grid.rows), cols = static_cast<float>(grid.cols);
  for (uint32_t row = 0; row < grid.rows; ++row) {
    for (uint32_t col = 0; col < grid.cols; ++col) {
      const auto top = static_cast<float>(row), left = static_cast<float>(col);
      cells.push_back({first++, grid.image, static_cast<int32_t>(row), static_cast<int32_t>(col), 0, left / cols,
                       top / rows, (left + 1) / cols, (top + 1) / rows});
    }
  }
}

}  // namespace

void publish_layouts(const Sink& sink, const Config& config, const PreparedSample& prepared,
                     std::span<const oc_image> images) {
  std::vector<oc_grid> grids;
  std::vector<oc_cell> cells, vision_cells;
  std::vector<oc_segment> vision_segments;
  int64_t features = 0;
  for (size_t i = 0; i < images.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    const oc_grid& grid = grids.emplace_back(grid_of(prepared.grids[i], config.vision, images[i], index));
    add_cells(cells, grid, prepared.prompt.images[i].begin);
    add_cells(vision_cells, grid, features);
    const int64_t end = features + prepared.grids[i].units(config.vision);
    vision_segments.push_back({OC_SEGMENT_IMAGE, 0, features, end, index, 0});
    features = end;
  }

  oc_layout language{};
  language.struct_size = sizeof language;
  language.stack = "language";
  language.layer_end = static_cast<uint32_t>(config.text.layers);
  language.n_tokens = prepared.tokens();
  language.token_ids = prepared.prompt.ids.data();
  language.segments = prepared.prompt.segments.data();
  language.n_segments = prepared.prompt.segments.size();
  language.cells = cells.data();
  language.n_cells = cells.size();
  language.grids = grids.data();
  language.n_grids = grids.size();
  sink.layout(language);

  oc_layout vision{};
  vision.struct_size = sizeof vision;
  vision.stack = "vision";
  vision.layer_end = static_cast<uint32_t>(config.vision.depth);
  vision.n_tokens = features;
  vision.segments = vision_segments.data();
  vision.n_segments = vision_segments.size();
  vision.cells = vision_cells.data();
  vision.n_cells = vision_cells.size();
  vision.grids = grids.data();
  vision.n_grids = grids.size();
  sink.layout(vision);
}

}  // namespace ocellus::qwen2_5_vl
