#include "plugins/models/common/decoder/text_weights.hpp"

#include <string>

namespace ocellus::models {

void add_text_decoder(WeightTable& table, const TextConfig& text) {
  const int64_t width = text.hidden_size, q_width = text.heads * text.head_dim,
                kv_width = text.kv_heads * text.head_dim;
  table.add("model.embed_tokens.weight", {text.vocabulary, width});
  for (int64_t layer = 0; layer < text.layers; ++layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    table.add(prefix + "input_layernorm.weight", {width});
    table.add(prefix + "post_attention_layernorm.weight", {width});
    table.linear(prefix + "self_attn.q_proj", q_width, width, text.qkv_bias);
    table.linear(prefix + "self_attn.k_proj", kv_width, width, text.qkv_bias);
    table.linear(prefix + "self_attn.v_proj", kv_width, width, text.qkv_bias);
    table.linear(prefix + "self_attn.o_proj", width, q_width, text.output_bias);
    table.gated_mlp(prefix + "mlp", width, text.intermediate_size, text.mlp_bias);
  }
  table.add("model.norm.weight", {width});
  if (!text.tied_head) table.add("lm_head.weight", {text.vocabulary, width});
}

}  // namespace ocellus::models
