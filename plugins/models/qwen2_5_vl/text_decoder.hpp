// The language model: embeddings through decoder layers to logits.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/kv_cache.hpp"
#include "plugins/models/common/transformer/layers.hpp"
#include "plugins/models/common/transformer/rotary.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/weight_loader.hpp"

namespace ocellus::qwen2_5_vl {

class TextDecoder {
 public:
  TextDecoder(const TextConfig& config, const WeightLoader& weights);

  at::Device device() const { return embedding_.device(); }
  models::KvCache make_cache(int64_t capacity) const;
  // ids [n] to [n, hidden_size].
  at::Tensor embed(const at::Tensor& ids) const;
  // positions [3, n], time, height and width, each of which turns its own section of the head.
  models::RotaryTable rotary(const at::Tensor& positions) const;
  // One layer over x [n, hidden_size], the tokens first .. first+n-1, which see everything before them in `cache`.
  at::Tensor layer(int64_t index, const at::Tensor& x, const models::RotaryTable& rotary, int64_t first,
                   models::KvCache& cache, models::BlockedAttention& attention, models::RowReader* reader) const;
  at::Tensor final_norm(const at::Tensor& x) const { return norm_(x); }
  // Normed rows to logits [n, vocabulary].
  at::Tensor head(const at::Tensor& x) const { return head_(x); }

 private:
  struct Layer {
    models::RmsNorm input_norm, mlp_norm;
    models::Linear q, k, v, output;
    models::GatedMlp mlp;
  };

  TextConfig config_;
  at::Tensor embedding_;  // [vocabulary, hidden_size]
  at::Tensor frequencies_;
  std::vector<Layer> layers_;
  models::RmsNorm norm_;
  models::Linear head_;
};

}  // namespace ocellus::qwen2_5_vl
