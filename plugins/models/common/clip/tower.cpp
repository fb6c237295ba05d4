#include "plugins/models/common/clip/tower.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

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

at::Tensor ClipTower::attend(int64_t index, const at::Tensor& x, BlockedAttention& attention, const Observer& observer,
                             const Guests* guests) const {
  const Block& block = blocks_[static_cast<size_t>(index)];
  const int64_t rows = x.size(0), tokens = config_.tokens(), width = config_.head_dim;
  const auto heads_of = [&](const at::Tensor& y) { return y.view({-1, config_.heads, width}); };
  const at::Tensor q = heads_of(block.q(x)), k = heads_of(block.k(x)), v = heads_of(block.v(x));
  at::Tensor guest_k, guest_v;
  if (guests != nullptr) {
    guest_k = heads_of(block.k(guests->tokens)).transpose(0, 1);
    guest_v = heads_of(block.v(guests->tokens)).transpose(0, 1);
  }
  const double scale = std::pow(static_cast<double>(width), -0.5);
  at::Tensor mixed = at::empty_like(x);
  for (int64_t first = 0; first < rows; first += tokens) {
    const auto part = [&](const at::Tensor& y) { return y.narrow(0, first, tokens).transpose(0, 1); };
    const auto seen = [&](const at::Tensor& of_guests, const at::Tensor& y) {
      return guests == nullptr ? part(y) : at::cat({of_guests, part(y)}, 1);
    };
    const std::unique_ptr<RowReader> reader = observer.reader_of(index, first);
    mixed.narrow(0, first, tokens)
        .copy_(attention(part(q), seen(guest_k, k), seen(guest_v, v), scale, Mask::none, reader.get()));
  }
  const at::Tensor out = block.output(mixed);
  return guests == nullptr ? out : out + guests->output(mixed);
}

at::Tensor ClipTower::block(int64_t index, at::Tensor x, BlockedAttention& attention, const Observer& observer,
                            const Guests* guests) const {
  const Block& block = blocks_[static_cast<size_t>(index)];
  x = x + attend(index, block.norm1(x), attention, observer, guests);
  return x + block.mlp(block.norm2(x));
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
