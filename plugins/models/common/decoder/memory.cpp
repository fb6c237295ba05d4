#include "plugins/models/common/decoder/memory.hpp"

#include <algorithm>

#include "plugins/models/common/captures/mass_record.hpp"
#include "plugins/models/common/decoder/tensor_options.hpp"
#include "plugins/models/common/transformer/attention.hpp"

namespace ocellus::models {

int64_t layer_bytes_of_row(int64_t width, int64_t inner, int64_t item, int64_t rotation_item) {
  const int64_t floats = sizeof(float);
  return std::max((4 * width + 4 * inner) * item, 9 * width * item + 3 * width * rotation_item) + 2 * width * floats;
}

uint64_t activation_bytes(const TextConfig& text, ComputeType type, const PreparedSample& prepared,
                          const oc_merged_plan& plan, const TowerMemory& tower) {
  const int64_t item = item_size(type), tokens = prepared.tokens();
  // The residual stream of all tokens, and the embeddings it came from until its last chunk has left them.
  const int64_t pass = std::max(prepared.prompt.prefix, tokens - prepared.prompt.prefix);
  const int64_t width = std::max(text.hidden_size, text.heads * text.head_dim);
  const int64_t bytes = pass * layer_bytes_of_row(width, text.intermediate_size, item, item) +
                        (2 * tokens * text.hidden_size + prepared.features * text.hidden_size + text.vocabulary) * item;
  const int64_t blocked = plan.knockout != nullptr ? BlockedAttention::block_rows * (tokens + plan.max_new_tokens) : 0;
  const int64_t cache = 2 * text.layers * (tokens + plan.max_new_tokens) * text.kv_heads * text.head_dim * item;
  return std::max(static_cast<uint64_t>(bytes + cache + blocked) + MassRecord::bytes(plan, prepared.prompt.prefix),
                  tower.pass) +
         std::max(attention_buffer_bytes(text.heads, tokens, type), tower.attention_buffers);
}

uint64_t attention_buffer_bytes(int64_t heads, int64_t keys, ComputeType type) {
  return BlockedAttention::buffer_bytes(heads, keys, tensor_options(type, {}).dtype().toScalarType());
}

}  // namespace ocellus::models
