// BERT's encoder and RoBERTa's, which differ in where positions begin: LayerNorm behind each half of a layer.
#pragma once

#include <vector>

#include "plugins/models/common/text_encoder/text_encoder.hpp"
#include "plugins/models/common/transformer/clip_layers.hpp"
#include "plugins/models/common/transformer/layers.hpp"

namespace ocellus::models {

class BertEncoder final : public TextEncoder {
 public:
  BertEncoder(const TextEncoderConfig& config, const WeightLoader& weights);
  at::Tensor operator()(std::span<const int64_t> ids) const override;

 private:
  struct Layer {
    Linear q, k, v, output;
    LayerNorm attention_norm, mlp_norm;
    TwoLayerMlp mlp;
  };

  at::Tensor embed(std::span<const int64_t> ids) const;

  TextEncoderConfig config_;
  at::Tensor words_;      // [vocabulary, width]
  at::Tensor positions_;  // [positions, width]
  at::Tensor type_;       // [width], of the first token type
  LayerNorm embedding_norm_;
  std::vector<Layer> layers_;
};

}  // namespace ocellus::models
