#include "plugins/models/common/text_encoder/t5_encoder.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/text_encoder/attention.hpp"
#include "plugins/models/common/transformer/clip_layers.hpp"

namespace ocellus::models {

T5Encoder::T5Encoder(const TextEncoderConfig& config, const WeightLoader& weights)
    : config_(config),
      residual_type_(weights.type() == at::kHalf ? at::kFloat : weights.type()),
      embedding_(weights.tensor("shared.weight")),
      distance_bias_(weights.tensor("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")),
      norm_(weights.norm("encoder.final_layer_norm", config.norm_eps)) {
  const WeightLoader wide = weights.in(residual_type_);
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string block = "encoder.block." + std::to_string(i) + ".", attention = block + "layer.0.SelfAttention.",
                      mlp = block + "layer.1.DenseReluDense.";
    blocks_.push_back({weights.norm(block + "layer.0.layer_norm", config.norm_eps),
                       weights.norm(block + "layer.1.layer_norm", config.norm_eps), weights.linear(attention + "q"),
                       weights.linear(attention + "k"), weights.linear(attention + "v"),
                       weights.linear(attention + "o"), weights.linear(mlp + (config.gated_mlp ? "wi_0" : "wi")),
                       config.gated_mlp ? std::optional(weights.linear(mlp + "wi_1")) : std::nullopt,
                       wide.linear(mlp + "wo")});
  }
}

at::Tensor T5Encoder::position_bias(int64_t tokens) const {
  // Each direction has half of the buckets: the first half of these of one distance each, the others growing as the
  // logarithm does up to the largest distance.
  const int64_t of_direction = config_.buckets / 2, single = of_direction / 2;
  const at::Tensor position = at::arange(tokens, at::TensorOptions(at::kLong).device(embedding_.device()));
  const at::Tensor distance = position.unsqueeze(0) - position.unsqueeze(1);  // key's minus query's
  const at::Tensor length = distance.abs();
  const double growth = std::log(static_cast<double>(config_.max_distance) / static_cast<double>(single));
  const at::Tensor growing = (at::log(length.clamp_min(single).to(at::kFloat) / static_cast<double>(single)) / growth *
                              static_cast<double>(of_direction - single))
                                 .to(at::kLong)
                                 .add(single)
                                 .clamp_max(of_direction - 1);
  const at::Tensor bucket = distance.gt(0).to(at::kLong) * of_direction + at::where(length.lt(single), length, growing);
  return distance_bias_.index_select(0, bucket.flatten()).view({tokens, tokens, config_.heads}).permute({2, 0, 1});
}

at::Tensor T5Encoder::operator()(std::span<const int64_t> ids) const {
  check_text_ids(ids, config_);
  const at::ScalarType type = embedding_.scalar_type();
  at::Tensor x = embedding_.index_select(0, longs_on(embedding_.device(), {ids.begin(), ids.end()})).to(residual_type_);
  const at::Tensor bias = position_bias(x.size(0));
  for (const Block& block : blocks_) {
    const at::Tensor seen = block.attention_norm(x).to(type);
    x = x + block.output(attend_to_all(block.q(seen), block.k(seen), block.v(seen), config_.heads, 1, bias));
    const at::Tensor read = block.mlp_norm(x).to(type);
    at::Tensor inner = activate(block.mlp_in(read), config_.activation);
    if (block.mlp_factor) inner = inner * (*block.mlp_factor)(read);
    x = x + block.mlp_out(inner.to(residual_type_));
  }
  return norm_(x).to(type);
}

}  // namespace ocellus::models
