#include "plugins/models/llava/layout.hpp"

#include <cstdint>
#include <vector>

#include "plugins/models/common/clip/cells.hpp"
#include "plugins/models/common/stacks/layout.hpp"

namespace ocellus::llava {

void publish_layouts(const Sink& sink, const Config& config, const PreparedSample& prepared) {
  std::vector<oc_grid> grids;
  std::vector<oc_cell> language, vision, projector;
  std::vector<oc_segment> tower_segments, feature_segments;
  const int64_t tokens = config.vision.tokens(), features = config.tokens_of_image();
  const int64_t class_token = config.class_token_is_feature ? 1 : 0;
  for (size_t i = 0; i < prepared.geometries.size(); ++i) {
    const models::ClipGeometry& geometry = prepared.geometries[i];
    const auto index = static_cast<int32_t>(i);
    const auto image = static_cast<int64_t>(i);
    grids.push_back(models::clip_grid(geometry, config.vision, index));
    models::append_clip_cells(language, geometry, config.vision, index, prepared.prompt.images[i].begin + class_token);
    models::append_clip_cells(vision, geometry, config.vision, index, image * tokens + 1);
    models::append_clip_cells(projector, geometry, config.vision, index, image * features + class_token);
    tower_segments.push_back({OC_SEGMENT_SPECIAL, 0, image * tokens, image * tokens + 1, -1, 0});
    tower_segments.push_back({OC_SEGMENT_IMAGE, 0, image * tokens + 1, (image + 1) * tokens, index, 0});
    feature_segments.push_back({OC_SEGMENT_IMAGE, 0, image * features, (image + 1) * features, index, 0});
  }
  oc_layout prompt =
      models::layout_of("language", config.text.layers, prepared.tokens(), prepared.prompt.segments, language, grids);
  prompt.token_ids = prepared.prompt.ids.data();
  sink.layout(prompt);
  sink.layout(models::layout_of("vision", config.vision.layers, prepared.tower_tokens, tower_segments, vision, grids));
  sink.layout(models::layout_of("projector", 1, prepared.features, feature_segments, projector, grids));
}

}  // namespace ocellus::llava
