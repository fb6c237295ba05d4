// The language model: embeddings through decoder layers to logits.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
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
                   BlockedAttention& attention, RowReader* reader, const Knockout* knockout = nullptr) const;
  at::Tensor final_norm(const at::Tensor& x) const { return norm_(x); }
  // Normed rows to logits [n, vocabulary].
  at::Tensor head(const at::Tensor& x) const { return head_(x); }

  // What the way back through a layer needs of the way there. Rows are the tokens of `sequences` sequences of one
  // length, one after another, each of which begins with its token 0 and sees itself alone.
  struct Trace {
    at::Tensor x;           // [n, hidden_size]
    at::Tensor q, k, v;     // [n, heads, head_dim], q and k rotated
    at::Tensor mixed;       // [n, heads * head_dim]
    at::Tensor attended;    // [n, hidden_size], what enters the MLP's half
    GatedMlp::Inner inner;  // [n, intermediate_size]
  };
  Trace trace(int64_t index, const at::Tensor& x, const RotaryTable& rotary, int64_t sequences,
              BlockedAttention& attention) const;
  // The traced layer's result.
  at::Tensor output(int64_t index, const Trace& trace) const;
  // From the gradient with respect to the layer's result to that with respect to x, both [n, hidden_size] in float32.
  // `readers`, one for each sequence or none, see the attention on the way.
  at::Tensor input_gradient(int64_t index, const Trace& trace, const RotaryTable& rotary, int64_t sequences,
                            const at::Tensor& gradient, std::span<GradientReader* const> readers = {}) const;
  // The way back through the head, from the gradient with respect to logits [n, vocabulary].
  at::Tensor head_input_gradient(const at::Tensor& logits) const { return head_.input_gradient(logits); }
  // The head's weights of these tokens, [tokens, hidden_size]: the gradient of each one's logit.
  at::Tensor head_rows(const at::Tensor& tokens) const { return head_.weight_rows(tokens); }
  // In float32.
  at::Tensor final_norm_input_gradient(const at::Tensor& x, const at::Tensor& gradient) const {
    return norm_.input_gradient(x, gradient);
  }

 private:
  struct Layer {
    RmsNorm input_norm, mlp_norm;
    Linear q, k, v, output;
    GatedMlp mlp;
  };

  struct Projected {
    at::Tensor q, k, v;  // [n, heads, head_dim], q and k rotated
  };
  Projected project(const Layer& layer, const at::Tensor& x, const RotaryTable& rotary) const;
  double attention_scale() const;

  TextConfig config_;
  at::Tensor embedding_;  // [vocabulary, hidden_size]
  at::Tensor frequencies_;
  std::vector<Layer> layers_;
  RmsNorm norm_;
  Linear head_;
};

}  // namespace ocellus::models
