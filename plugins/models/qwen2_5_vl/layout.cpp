#include "plugins/models/qwen2_5_vl/layout.hpp"

#include <cstdint>
#include <vector>

#include "plugins/models/common/stacks/layout.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

// A picture whose cells are squares of `patches_wide` patches.
oc_grid grid_of(const PatchGrid& grid, const VisionConfig& vision, int64_t patches_wide, const oc_image& image,
                int32_t index) {
  const auto pixels = [&](int64_t patches) { return static_cast<uint32_t>(patches * vision.patch_size); };
  const auto cells = [&](int64_t patches) { return static_cast<uint32_t>(patches / patches_wide); };
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

// A stack of pictures alone, one after another.
struct PictureStack {
  std::vector<oc_grid> grids;
  std::vector<oc_cell> cells;
  std::vector<oc_segment> segments;

  void add(const oc_grid& grid) {
    const int64_t first = tokens(), count = static_cast<int64_t>(grid.rows) * grid.cols;
    add_cells(cells, grids.emplace_back(grid), first);
    segments.push_back({OC_SEGMENT_IMAGE, 0, first, first + count, grid.image, 0});
  }
  int64_t tokens() const { return segments.empty() ? 0 : segments.back().end; }

  void publish(const Sink& sink, const char* stack, int64_t layers) const {
    sink.layout(models::layout_of(stack, layers, tokens(), segments, cells, grids));
  }
};

}  // namespace

void publish_layouts(const Sink& sink, const Config& config, const PreparedSample& prepared,
                     std::span<const oc_image> images) {
  PictureStack vision, projector;
  std::vector<oc_cell> cells;
  for (size_t i = 0; i < images.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    vision.add(grid_of(prepared.grids[i], config.vision, 1, images[i], index));
    projector.add(grid_of(prepared.grids[i], config.vision, config.vision.merge_size, images[i], index));
    add_cells(cells, projector.grids.back(), prepared.prompt.images[i].begin);
  }

  oc_layout language = models::layout_of("language", config.text.layers, prepared.tokens(), prepared.prompt.segments,
                                         cells, projector.grids);
  language.token_ids = prepared.prompt.ids.data();
  sink.layout(language);
  vision.publish(sink, "vision", config.vision.depth);
  projector.publish(sink, "projector", 1);
}

}  // namespace ocellus::qwen2_5_vl
