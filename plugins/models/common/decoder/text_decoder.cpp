#include "plugins/models/common/decoder/text_decoder.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

namespace ocellus::models {

TextDecoder::TextDecoder(const TextConfig& config, const WeightLoader& weights)
    : config_(config),
      embedding_(weights.tensor("model.embed_tokens.weight")),
      frequencies_(inverse_frequencies(config.head_dim, config.rope_theta).to(embedding_.device())),
      norm_(weights.norm("model.norm", config.rms_norm_eps)),
      head_{config.tied_head ? embedding_ : weights.tensor("lm_head.weight"), at::Tensor()} {
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string prefix = "model.layers." + std::to_string(i) + ".", attention = prefix + "self_attn.";
    layers_.push_back({weights.norm(prefix + "input_layernorm", config.rms_norm_eps),
                       weights.norm(prefix + "post_attention_layernorm", config.rms_norm_eps),
                       weights.linear(attention + "q_proj"), weights.linear(attention + "k_proj"),
                       weights.linear(attention + "v_proj"), weights.linear(attention + "o_proj"),
                       weights.mlp(prefix + "mlp")});
  }
}

KvCache TextDecoder::make_cache(int64_t capacity) const {
  return {config_.layers, config_.kv_heads, capacity, config_.head_dim, embedding_.options()};
}

at::Tensor TextDecoder::embed(const at::Tensor& ids) const {
  return embedding_.index_select(0, ids);
}

RotaryTable TextDecoder::rotary(const at::Tensor& positions) const {
  std::vector<at::Tensor> sections;
  int64_t first = 0;
  for (size_t axis = 0; axis < config_.rope_sections.size(); ++axis) {
    const int64_t count = config_.rope_sections[axis];
    const at::Tensor position = positions.select(0, static_cast<int64_t>(axis)).to(at::kFloat);
    sections.push_back(at::outer(position, frequencies_.narrow(0, first, count)));
    first += count;
  }
  return RotaryTable::of(at::cat(sections, -1), embedding_.scalar_type());
}

at::Tensor TextDecoder::layer(int64_t index, const at::Tensor& x, const RotaryTable& rotary, int64_t first,
                              KvCache& cache, BlockedAttention& attention, RowReader* reader) const {
  const Layer& layer = layers_[static_cast<size_t>(index)];
  const int64_t rows = x.size(0), width = config_.head_dim;
  const at::Tensor normed = layer.input_norm(x);
  const at::Tensor q = rotary.rotate(layer.q(normed).view({rows, config_.heads, width}));
  const at::Tensor k = rotary.rotate(layer.k(normed).view({rows, config_.kv_heads, width}));
  const at::Tensor v = layer.v(normed).view({rows, config_.kv_heads, width});
  const auto [keys, values] = cache.put(index, first, k, v);
  const double scale = std::pow(static_cast<double>(width), -0.5);
  const at::Tensor mixed = attention(q.transpose(0, 1), keys, values, scale, Mask::causal, reader);
  const at::Tensor attended = x + layer.output(mixed);
  return attended + layer.mlp(layer.mlp_norm(attended));
}

}  // namespace ocellus::models
