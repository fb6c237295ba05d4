// The encoder half of T5: RMSNorm before each half of a block, positions as a bias of the scores, no biases elsewhere.
#pragma once

#include <optional>
#include <vector>

#include "plugins/models/common/text_encoder/text_encoder.hpp"
#include "plugins/models/common/transformer/layers.hpp"

namespace ocellus::models {

// In float16 the residual stream and the last layer of each MLP are float32, as T5's sums leave float16's range
// (Hugging Face does the same).
class T5Encoder final : public TextEncoder {
 public:
  T5Encoder(const TextEncoderConfig& config, const WeightLoader& weights);
  at::Tensor operator()(std::span<const int64_t> ids) const override;

 private:
  struct Block {
    RmsNorm attention_norm, mlp_norm;
    Linear q, k, v, output;
    Linear mlp_in;
    std::optional<Linear> mlp_factor;  // of a gated MLP
    Linear mlp_out;
  };

  // [heads, tokens, tokens], which all blocks share.
  at::Tensor position_bias(int64_t tokens) const;

  TextEncoderConfig config_;
  at::ScalarType residual_type_;
  at::Tensor embedding_;      // [vocabulary, width]
  at::Tensor distance_bias_;  // [buckets, heads]
  std::vector<Block> blocks_;
  RmsNorm norm_;
};

}  // namespace ocellus::models
