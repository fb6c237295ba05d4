#include "plugins/models/qavit/tower_memory.hpp"

#include <algorithm>

#include "plugins/models/common/transformer/attention_gradient.hpp"

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

uint64_t gradient_bytes(const TowerConfig& config, models::ComputeType type, int64_t images, int64_t question_tokens,
                        int64_t blocks) {
  const models::ClipVisionConfig& vision = config.vision;
  const int64_t item = models::item_size(type), floats = sizeof(float), width = vision.hidden_size;
  const int64_t rows = images * vision.tokens(), keys = vision.tokens() + question_tokens;
  // What enters each block, the features, and the states that a pass without the question begins with and comes to.
  const int64_t kept = (blocks + 3) * rows * width * item;
  // A block's way there, and the way back: the gradient before and after with a norm's, of queries, keys and values,
  // and the MLP's inner ones in float32.
  const int64_t there = (8 * width + 2 * vision.intermediate_size) * item;
  const int64_t back = 8 * width * floats + 6 * width * item + 6 * vision.intermediate_size * floats;
  const uint64_t attention = models::attention_gradient_bytes(vision.heads, vision.heads, keys, vision.head_dim, item) +
                             models::read_gradient_bytes(vision.heads, keys);
  const models::TowerMemory pass = tower_memory(config, type, images, question_tokens);
  return pass.attention_buffers + static_cast<uint64_t>(kept) +
         std::max(pass.pass, static_cast<uint64_t>(rows * (there + back) + 2 * keys * width * item) + attention);
}

}  // namespace ocellus::qavit
