#include "plugins/models/qavit/tower_memory.hpp"

namespace ocellus::qavit {

models::TowerMemory tower_memory(const TowerConfig& config, models::ComputeType type, int64_t images,
                                 int64_t question_tokens) {
  const models::ClipVisionConfig& vision = config.vision;
  const int64_t item = models::item_size(type), floats = sizeof(float);
  const int64_t width = vision.hidden_size, keys = vision.tokens() + question_tokens;
  // A layer with its second way out, the patches' pixels, and keys and values of one image behind those of the
  // question.
  const int64_t patch_elements = vision.channels * vision.patch_size * vision.patch_size;
  const int64_t of_images = images * vision.tokens() *
                            (models::layer_bytes_of_row(width, vision.intermediate_size, item, item) +
                             patch_elements * (floats + 2 * item) + 3 * width * item);
  const int64_t of_question =
      question_tokens * (2 * config.instruction_dim + 5 * width) * item + 2 * keys * width * item;
  return {static_cast<uint64_t>(of_images + of_question), models::attention_buffer_bytes(vision.heads, keys, type)};
}

}  // namespace ocellus::qavit
