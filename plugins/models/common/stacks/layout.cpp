#include "plugins/models/common/stacks/layout.hpp"

namespace ocellus::models {

oc_layout layout_of(const char* stack, int64_t layers, int64_t tokens, std::span<const oc_segment> segments,
                    std::span<const oc_cell> cells, std::span<const oc_grid> grids) {
  oc_layout layout{};
  layout.struct_size = sizeof layout;
  layout.stack = stack;
  layout.layer_end = static_cast<uint32_t>(layers);
  layout.n_tokens = tokens;
  layout.segments = segments.data();
  layout.n_segments = segments.size();
  layout.cells = cells.data();
  layout.n_cells = cells.size();
  layout.grids = grids.data();
  layout.n_grids = grids.size();
  return layout;
}

}  // namespace ocellus::models
