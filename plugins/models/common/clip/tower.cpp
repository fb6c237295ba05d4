#include "plugins/models/common/clip/tower.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "plugins/models/common/transformer/attention_gradient.hpp"

namespace ocellus::models {

ClipTower::ClipTower(const ClipVisionConfig& config, const WeightLoader& weights, const std::string& prefix)
    : config_(config),
      class_embedding_(weights.tensor(prefix + "embeddings.class_embedding")),
      patch_embedding_(weights.tensor(prefix + "embeddings.patch_embedding.weight").reshape({config.hidden_size, -1})),
      position_embedding_(weights.tensor(prefix + "embeddings.position_embedding.weight")),
      pre_norm_(weights.layer_norm(prefix + "pre_layrnorm", config.layer_norm_eps)) {
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string layer = prefix + "encoder.layers." + std::to_string(i) + ".", attention = layer + "self_attn.";
    blocks_.push_back({weights.layer_norm(layer + "layer_norm1", config.layer_norm_eps),
                       weights.layer_norm(layer + "layer_norm2", config.layer_norm_eps),
                       weights.linear(attention + "q_proj"), weights.linear(attention + "k_proj"),
                       weights.linear(attention + "v_proj"), weights.linear(attention + "out_proj"),
                       weights.two_layer_mlp(layer + "mlp", config.activation)});
  }
}

at::Tensor ClipTower::embed(const at::Tensor& pixels) const {
  const int64_t images = pixels.size(0), grid = config_.grid(), side = config_.patch_size, width = config_.hidden_size;
  // What a convolution leaves over at the right and the bottom is not seen.
  const at::Tensor patches = pixels.to(patch_embedding_.scalar_type())
                                 .narrow(2, 0, grid * side)
                                 .narrow(3, 0, grid * side)
                                 .reshape({images, config_.channels, grid, side, grid, side})
                                 .permute({0, 2, 4, 1, 3, 5})
                                 .reshape({images * grid * grid, -1});
  const at::Tensor embedded = at::linear(patches, patch_embedding_).view({images, grid * grid, width});
  const at::Tensor tokens = at::cat({class_embedding_.expand({images, 1, width}), embedded}, 1);
  return pre_norm_((tokens + position_embedding_).view({images * config_.tokens(), width}));
}

ClipTower::Projected ClipTower::project(const Block& block, const at::Tensor& x, const Guests* guests) const {
  const auto heads_of = [&](const at::Tensor& y) { return y.view({-1, config_.heads, config_.head_dim}); };
  Projected projected{heads_of(block.q(x)), heads_of(block.k(x)), heads_of(block.v(x)), {}, {}};
  if (guests != nullptr) {
    projected.guest_k = heads_of(block.k(guests->tokens)).transpose(0, 1);
    projected.guest_v = heads_of(block.v(guests->tokens)).transpose(0, 1);
  }
  return projected;
}

at::Tensor ClipTower::of_image(const at::Tensor& projected, int64_t first, const at::Tensor& of_guests) const {
  const at::Tensor own = projected.narrow(0, first, config_.tokens()).transpose(0, 1);
  return of_guests.defined() ? at::cat({of_guests, own}, 1) : own;
}

double ClipTower::attention_scale() const {
  return std::pow(static_cast<double>(config_.head_dim), -0.5);
}

at::Tensor ClipTower::mix(const Projected& projected, BlockedAttention& attention, const RowReaderOf& reader_of) const {
  const int64_t rows = projected.q.size(0), tokens = config_.tokens();
  at::Tensor mixed = at::empty({rows, config_.hidden_size}, projected.q.options());
  for (int64_t first = 0; first < rows; first += tokens) {
    const std::unique_ptr<RowReader> reader = reader_of(first);
    mixed.narrow(0, first, tokens)
        .copy_(attention(of_image(projected.q, first), of_image(projected.k, first, projected.guest_k),
                         of_image(projected.v, first, projected.guest_v), attention_scale(), Mask::none, reader.get()));
  }
  return mixed;
}

at::Tensor ClipTower::output(const Block& block, const at::Tensor& mixed, const Guests* guests) {
  const at::Tensor out = block.output(mixed);
  return guests == nullptr ? out : out + guests->output(mixed);
}

at::Tensor ClipTower::block(int64_t index, at::Tensor x, BlockedAttention& attention, const Observer& observer,
                            const Guests* guests) const {
  const Block& block = blocks_[static_cast<size_t>(index)];
  const at::Tensor mixed = mix(project(block, block.norm1(x), guests), attention,
                               [&](int64_t first) { return observer.reader_of(index, first); });
  x = x + output(block, mixed, guests);
  return x + block.mlp(block.norm2(x));
}

at::Tensor ClipTower::input_gradient(int64_t index, const at::Tensor& x, const at::Tensor& gradient,
                                     BlockedAttention& attention, const GradientReaderOf& reader_of,
                                     const Guests* guests) const {
  const Block& block = blocks_[static_cast<size_t>(index)];
  const int64_t rows = x.size(0), tokens = config_.tokens();
  const int64_t n_guests = guests == nullptr ? 0 : guests->tokens.size(0);
  const at::ScalarType type = x.scalar_type();
  const Projected there = project(block, block.norm1(x), guests);
  const at::Tensor mixed = mix(there, attention, [](int64_t) { return nullptr; });
  const at::Tensor attended = x + output(block, mixed, guests);

  const double factor = gradient_factor(gradient, type);
  const at::Tensor scaled = factor == 1 ? gradient : gradient * factor;
  const at::Tensor through_mlp = block.mlp.input_gradient(block.mlp.inner(block.norm2(attended)), scaled.to(type));
  const at::Tensor of_attended = scaled + block.norm2.input_gradient(attended, through_mlp);
  const at::Tensor of_output = of_attended.to(type);
  at::Tensor of_mixed = block.output.input_gradient(of_output);
  if (guests != nullptr) of_mixed = of_mixed + guests->output_gradient(of_output);

  const at::Tensor q = at::empty_like(x), k = at::empty_like(x), v = at::empty_like(x);
  for (int64_t first = 0; first < rows; first += tokens) {
    const auto own = [&](const at::Tensor& of) { return of.narrow(0, first, tokens); };
    const std::unique_ptr<GradientReader> reader = reader_of(first);
    const AttentionGradients found = attention_gradient(
        of_image(there.q, first), of_image(there.k, first, there.guest_k), of_image(there.v, first, there.guest_v),
        own(mixed), own(of_mixed), attention_scale(), Mask::none, reader.get(), factor);
    const auto put = [&](const at::Tensor& into, const at::Tensor& of) { own(into).copy_(of.flatten(1)); };
    put(q, found.q);
    put(k, found.k.narrow(0, n_guests, tokens));
    put(v, found.v.narrow(0, n_guests, tokens));
  }
  at::Tensor normed = block.q.input_gradient(q).to(at::kFloat);
  normed = normed.add(block.k.input_gradient(k)).add(block.v.input_gradient(v));
  const at::Tensor result = of_attended + block.norm1.input_gradient(x, normed);
  return factor == 1 ? result : result / factor;
}

std::vector<at::Tensor> ClipTower::operator()(const at::Tensor& pixels, int64_t blocks, std::span<const int64_t> kept,
                                              BlockedAttention& attention, const Observer& observer) const {
  std::vector<at::Tensor> states(kept.size());
  const auto keep = [&](int64_t done, const at::Tensor& x) {
    observer.hidden(done, x);
    for (size_t i = 0; i < kept.size(); ++i) {
      if (kept[i] == done) states[i] = x;
    }
  };
  at::Tensor x = embed(pixels);
  keep(0, x);
  for (int64_t index = 0; index < blocks; ++index) {
    observer.before_block();
    x = block(index, std::move(x), attention, observer);
    keep(index + 1, x);
  }
  return states;
}

}  // namespace ocellus::models
