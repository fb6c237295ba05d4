#include "plugins/models/common/decoder/text_decoder.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>
#include <utility>

#include "plugins/models/common/transformer/attention_gradient.hpp"

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
                              KvCache& cache, BlockedAttention& attention, RowReader* reader,
                              const Knockout* knockout) const {
  const Layer& layer = layers_[static_cast<size_t>(index)];
  const auto [q, k, v] = project(layer, x, rotary);
  const auto [keys, values] = cache.put(index, first, k, v);
  const at::Tensor mixed =
      attention(q.transpose(0, 1), keys, values, attention_scale(), Mask::causal, reader, knockout);
  const at::Tensor attended = x + layer.output(mixed);
  return attended + layer.mlp(layer.mlp_norm(attended));
}

TextDecoder::Projected TextDecoder::project(const Layer& layer, const at::Tensor& x, const RotaryTable& rotary) const {
  const int64_t rows = x.size(0), width = config_.head_dim;
  const at::Tensor normed = layer.input_norm(x);
  return {rotary.rotate(layer.q(normed).view({rows, config_.heads, width})),
          rotary.rotate(layer.k(normed).view({rows, config_.kv_heads, width})),
          layer.v(normed).view({rows, config_.kv_heads, width})};
}

double TextDecoder::attention_scale() const {
  return std::pow(static_cast<double>(config_.head_dim), -0.5);
}

TextDecoder::Trace TextDecoder::trace(int64_t index, const at::Tensor& x, const RotaryTable& rotary, int64_t sequences,
                                      BlockedAttention& attention) const {
  const Layer& layer = layers_[static_cast<size_t>(index)];
  const int64_t length = x.size(0) / sequences;
  Trace trace;
  trace.x = x;
  Projected projected = project(layer, x, rotary);
  std::vector<at::Tensor> mixed;
  for (int64_t sequence = 0; sequence < sequences; ++sequence) {
    const auto own = [&](const at::Tensor& of) { return of.narrow(0, sequence * length, length).transpose(0, 1); };
    mixed.push_back(attention(own(projected.q), own(projected.k), own(projected.v), attention_scale(), Mask::causal));
  }
  trace.q = std::move(projected.q);
  trace.k = std::move(projected.k);
  trace.v = std::move(projected.v);
  trace.mixed = mixed.size() == 1 ? mixed.front() : at::cat(mixed);
  trace.attended = x + layer.output(trace.mixed);
  trace.inner = layer.mlp.inner(layer.mlp_norm(trace.attended));
  return trace;
}

at::Tensor TextDecoder::output(int64_t index, const Trace& trace) const {
  return trace.attended + layers_[static_cast<size_t>(index)].mlp.output(trace.inner);
}

at::Tensor TextDecoder::input_gradient(int64_t index, const Trace& trace, const RotaryTable& rotary, int64_t sequences,
                                       const at::Tensor& gradient, std::span<GradientReader* const> readers) const {
  const Layer& layer = layers_[static_cast<size_t>(index)];
  const int64_t rows = trace.x.size(0), length = rows / sequences;
  const at::ScalarType type = trace.x.scalar_type();
  const double factor = gradient_factor(gradient, type);
  const at::Tensor scaled = factor == 1 ? gradient : gradient * factor;
  const at::Tensor through_mlp = layer.mlp.input_gradient(trace.inner, scaled.to(type));
  const at::Tensor attended = scaled + layer.mlp_norm.input_gradient(trace.attended, through_mlp);

  const at::Tensor mixed = layer.output.input_gradient(attended.to(type));
  std::vector<at::Tensor> q, k, v;
  for (int64_t sequence = 0; sequence < sequences; ++sequence) {
    const auto own = [&](const at::Tensor& of) { return of.narrow(0, sequence * length, length); };
    const auto by_head = [&](const at::Tensor& of) { return own(of).transpose(0, 1); };
    GradientReader* const reader = readers.empty() ? nullptr : readers[static_cast<size_t>(sequence)];
    AttentionGradients found =
        attention_gradient(by_head(trace.q), by_head(trace.k), by_head(trace.v), own(trace.mixed), own(mixed),
                           attention_scale(), Mask::causal, reader, factor);
    q.push_back(std::move(found.q));
    k.push_back(std::move(found.k));
    v.push_back(std::move(found.v));
  }
  const auto joined = [](const std::vector<at::Tensor>& parts) {
    return parts.size() == 1 ? parts.front() : at::cat(parts);
  };
  const auto flat = [&](const at::Tensor& of) { return of.reshape({rows, -1}); };
  const RotaryTable back = rotary.inverse();
  at::Tensor normed = layer.q.input_gradient(flat(back.rotate(joined(q)))).to(at::kFloat);
  normed = normed.add(layer.k.input_gradient(flat(back.rotate(joined(k)))));
  normed = normed.add(layer.v.input_gradient(flat(joined(v))));
  const at::Tensor result = attended + layer.input_norm.input_gradient(trace.x, normed);
  return factor == 1 ? result : result / factor;
}

}  // namespace ocellus::models
