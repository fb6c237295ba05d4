// The language model: embeddings through decoder layers to logits.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "plugins/models/common/decoder/text_config.hpp"
#include "plugins/models/common/decoder/weight_loader.hpp"
#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/kv_cache.hpp"
#include "plugins/models/common/transformer/layers.hpp"
#include "plugins/models/common/transformer/rotary.hpp"

namespace ocellus::models {

class TextDecoder {
 public:
  TextDecoder(const TextConfig& config, const WeightLoader& weights);

  at::Device device() const { return embedding_.device(); }
  KvCache make_cache(int64_t capacity) const;
  // ids [n] to [n, hidden_size].
  at::Tensor embed(const at::Tensor& ids) const;
  // positions [axes, n], each of which turns its own section of the head.
  RotaryTable rotary(const at::Tensor& positions) const;
  // One layer over x [n, hidden_size], the tokens first .. first+n-1, which see everything before them in `cache`.
  at::Tensor layer(int64_t index, const at::Tensor& x, const RotaryTable& rotary, int64_t first, KvCache& cache,
                   BlockedAttention& attention, RowReader* reader) const;
  at::Tensor final_norm(const at::Tensor& x) const { return norm_(x); }
  // Normed rows to logits [n, vocabulary].
  at::Tensor head(const at::Tensor& x) const { return head_(x); }

 private:
  struct Layer {
    RmsNorm input_norm, mlp_norm;
    Linear q, k, v, output;
    GatedMlp mlp;
  };

  TextConfig config_;
  at::Tensor embedding_;  // [vocabulary, hidden_size]
  at::Tensor frequencies_;
  std::vector<Layer> layers_;
  RmsNorm norm_;
  Linear head_;
};

}  // namespace ocellus::models
