#include "plugins/models/qavit/layout.hpp"

#include <vector>

#include "plugins/models/common/clip/cells.hpp"
#include "plugins/models/common/stacks/layout.hpp"

namespace ocellus::qavit {

namespace {

// Segments of the question's tokens, the first of which has the number `first`.
std::vector<oc_segment> question_segments(const Question& question, int64_t first) {
  std::vector<oc_segment> segments;
  for (size_t i = 0; i < question.ids.size(); ++i, ++first) {
    const uint32_t kind = question.is_special[i] ? OC_SEGMENT_SPECIAL : OC_SEGMENT_QUESTION;
    if (segments.empty() || segments.back().kind != kind) segments.push_back({kind, 0, first, first, -1, 0});
    segments.back().end = first + 1;
  }
  return segments;
}

}  // namespace

void publish_layouts(const Sink& sink, const Config& config, const PreparedSample& prepared) {
  const int64_t tokens = config.tokens_of_image();
  std::vector<oc_grid> grids;
  std::vector<oc_cell> cells;
  std::vector<oc_segment> segments;
  for (size_t i = 0; i < prepared.geometries.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    const int64_t first = static_cast<int64_t>(i) * tokens;
    grids.push_back(models::clip_grid(prepared.geometries[i], config.tower.vision, index));
    models::append_clip_cells(cells, prepared.geometries[i], config.tower.vision, index, first + 1);
    segments.push_back({OC_SEGMENT_SPECIAL, 0, first, first + 1, -1, 0});
    segments.push_back({OC_SEGMENT_IMAGE, 0, first + 1, first + tokens, index, 0});
  }
  const std::vector<oc_segment> of_question = question_segments(prepared.question, prepared.image_tokens());
  std::vector<oc_segment> with_question = segments;
  with_question.insert(with_question.end(), of_question.begin(), of_question.end());

  const int64_t layers = config.tower.vision.layers;
  for (int64_t begin = 0, end = 0; begin < layers; begin = end) {
    const bool aware = config.tower.is_question_aware(begin);
    while (end < layers && config.tower.is_question_aware(end) == aware) ++end;
    oc_layout layout = models::layout_of("vision", end, aware ? prepared.tower_tokens : prepared.image_tokens(),
                                         aware ? with_question : segments, cells, grids);
    layout.layer_begin = static_cast<uint32_t>(begin);
    layout.n_keys_only = layout.n_tokens - prepared.image_tokens();
    sink.layout(layout);
  }
  if (prepared.question.ids.empty()) return;
  const std::vector<oc_segment> alone = question_segments(prepared.question, 0);
  oc_layout question =
      models::layout_of("question", 1, static_cast<int64_t>(prepared.question.ids.size()), alone, {}, {});
  question.token_ids = prepared.question.ids.data();
  sink.layout(question);
}

}  // namespace ocellus::qavit
