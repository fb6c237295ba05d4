#include "plugins/models/common/clip/cells.hpp"

namespace ocellus::models {

oc_grid clip_grid(const ClipGeometry& geometry, const ClipVisionConfig& config, int32_t image) {
  const auto cells = static_cast<uint32_t>(config.grid());
  return {image,
          static_cast<uint32_t>(geometry.source.width),
          static_cast<uint32_t>(geometry.source.height),
          static_cast<uint32_t>(geometry.model.width),
          static_cast<uint32_t>(geometry.model.height),
          cells,
          cells,
          0};
}

void append_clip_cells(std::vector<oc_cell>& cells, const ClipGeometry& geometry, const ClipVisionConfig& config,
                       int32_t image, int64_t first) {
  const auto grid = static_cast<int32_t>(config.grid());
  const auto side = static_cast<double>(config.patch_size);
  for (int32_t row = 0; row < grid; ++row) {
    for (int32_t col = 0; col < grid; ++col) {
      cells.push_back({first++, image, row, col, 0, static_cast<float>(geometry.source_x(col * side)),
                       static_cast<float>(geometry.source_y(row * side)),
                       static_cast<float>(geometry.source_x((col + 1) * side)),
                       static_cast<float>(geometry.source_y((row + 1) * side))});
    }
  }
}

}  // namespace ocellus::models
