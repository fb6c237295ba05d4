#include "plugins/models/common/text_encoder/memory.hpp"

#include <algorithm>

#include "plugins/models/common/decoder/memory.hpp"
#include "plugins/models/common/text_encoder/weights.hpp"

namespace ocellus::models {

uint64_t text_encoder_weight_bytes(const TextEncoderConfig& config, ComputeType type) {
  int64_t bytes = parameter_count(text_encoder_table(config)) * item_size(type);
  // See T5Encoder: in float16 the last layer of every MLP is float32.
  if (config.kind == TextEncoderKind::t5 && type == ComputeType::float16)
    bytes += config.layers * config.width * config.inner_size * (item_size(ComputeType::float32) - item_size(type));
  return static_cast<uint64_t>(bytes);
}

uint64_t text_encoder_activation_bytes(const TextEncoderConfig& config, ComputeType type, int64_t tokens) {
  const int64_t item = item_size(type), floats = sizeof(float), indices = sizeof(int64_t);
  const int64_t pairs = tokens * tokens;
  const int64_t width = std::max(config.width, config.heads * config.head_dim);
  // Positions' bias; scores before and after it, probabilities and their rounded form; what finds the bias's buckets.
  const int64_t attention = pairs * (config.heads * (4 * item + floats) + 8 * indices);
  return static_cast<uint64_t>(tokens * layer_bytes_of_row(width, config.inner_size, std::max(item, floats), item) +
                               attention);
}

}  // namespace ocellus::models
