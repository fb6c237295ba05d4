#include "plugins/models/common/text_encoder/bert_encoder.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/text_encoder/attention.hpp"

namespace ocellus::models {

BertEncoder::BertEncoder(const TextEncoderConfig& config, const WeightLoader& weights)
    : config_(config),
      words_(weights.tensor("embeddings.word_embeddings.weight")),
      positions_(weights.tensor("embeddings.position_embeddings.weight")),
      type_(weights.tensor("embeddings.token_type_embeddings.weight").select(0, 0)),
      embedding_norm_(weights.layer_norm("embeddings.LayerNorm", config.norm_eps)) {
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i) + ".", attention = layer + "attention.";
    layers_.push_back(
        {weights.linear(attention + "self.query"),
         weights.linear(attention + "self.key"),
         weights.linear(attention + "self.value"),
         weights.linear(attention + "output.dense"),
         weights.layer_norm(attention + "output.LayerNorm", config.norm_eps),
         weights.layer_norm(layer + "output.LayerNorm", config.norm_eps),
         {weights.linear(layer + "intermediate.dense"), weights.linear(layer + "output.dense"), config.activation}});
  }
}

at::Tensor BertEncoder::embed(std::span<const int64_t> ids) const {
  std::vector<int64_t> positions;
  int64_t next = config_.first_position();
  for (const int64_t id : ids) {
    // RoBERTa's padding tokens are not counted, wherever they stand.
    const bool is_padding = config_.kind == TextEncoderKind::roberta && id == config_.padding_token;
    positions.push_back(is_padding ? config_.padding_token : next++);
  }
  const at::Tensor words = words_.index_select(0, longs_on(words_.device(), {ids.begin(), ids.end()}));
  return embedding_norm_(words + type_ + positions_.index_select(0, longs_on(words_.device(), positions)));
}

at::Tensor BertEncoder::operator()(std::span<const int64_t> ids) const {
  check_text_ids(ids, config_);
  const double scale = 1 / std::sqrt(static_cast<double>(config_.head_dim));
  at::Tensor x = embed(ids);
  for (const Layer& layer : layers_) {
    const at::Tensor mixed = attend_to_all(layer.q(x), layer.k(x), layer.v(x), config_.heads, scale, at::Tensor());
    x = layer.attention_norm(layer.output(mixed) + x);
    x = layer.mlp_norm(layer.mlp(x) + x);
  }
  return x;
}

}  // namespace ocellus::models
