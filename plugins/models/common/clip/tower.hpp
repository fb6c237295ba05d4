// CLIP's vision tower: pictures to hidden states.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plugins/models/common/clip/config.hpp"
#include "plugins/models/common/decoder/weight_loader.hpp"
#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/clip_layers.hpp"

namespace ocellus::models {

class ClipTower {
 public:
  // `prefix` is that of add_clip_tower.
  ClipTower(const ClipVisionConfig& config, const WeightLoader& weights, const std::string& prefix);

  struct Observer {
    std::function<void()> before_block;  // may throw
    // What reads the attention rows of a block in the image whose first token is `first_token`. Keys are the guests,
    // if there are any, and the image's tokens.
    std::function<std::unique_ptr<RowReader>(int64_t block, int64_t first_token)> reader_of;
    // The hidden states [tokens of all images, hidden_size] after `blocks` blocks.
    std::function<void(int64_t blocks, const at::Tensor& x)> hidden;
  };

  // pixels [images, 3, image_size, image_size] through the first `blocks` blocks. Images do not see each other. Returns
  // the hidden states after each of the numbers of blocks in `kept`, [images * tokens, hidden_size], in their order;
  // undefined for more than `blocks`.
  std::vector<at::Tensor> operator()(const at::Tensor& pixels, int64_t blocks, std::span<const int64_t> kept,
                                     BlockedAttention& attention, const Observer& observer) const;

  // The same step by step, for towers that add something of their own: what enters block 0, and one block after
  // another. `hidden` is not told.
  at::Tensor embed(const at::Tensor& pixels) const;

  // What a block's attention has beside the image's own tokens.
  struct Guests {
    at::Tensor tokens;  // [guests, hidden_size]: keys and values that every image's tokens see before their own
    // What is added to the block's own output, [tokens of all images, hidden_size], made like that of the values that
    // its attention has mixed, of the same shape.
    std::function<at::Tensor(const at::Tensor& mixed)> output;
    // The way back of `output`: from the gradient of a scalar with respect to its result that with respect to `mixed`.
    std::function<at::Tensor(const at::Tensor& gradient)> output_gradient;
  };
  at::Tensor block(int64_t index, at::Tensor x, BlockedAttention& attention, const Observer& observer,
                   const Guests* guests = nullptr) const;

  // What reads, on the way back, the attention of the image whose first token is `first_token`; may give nothing. Rows
  // and keys are those of Observer::reader_of.
  using GradientReaderOf = std::function<std::unique_ptr<GradientReader>(int64_t first_token)>;
  // From the gradient of a scalar with respect to what leaves a block, float32 [tokens of all images, hidden_size],
  // that with respect to x, which entered it. The way there is gone again. Guests have no gradient.
  at::Tensor input_gradient(int64_t index, const at::Tensor& x, const at::Tensor& gradient, BlockedAttention& attention,
                            const GradientReaderOf& reader_of, const Guests* guests = nullptr) const;

 private:
  struct Block {
    LayerNorm norm1, norm2;
    Linear q, k, v, output;
    TwoLayerMlp mlp;
  };

  // Of all images, [tokens, heads, head_dim]; keys and values of guests, [heads, guests, head_dim], or undefined.
  struct Projected {
    at::Tensor q, k, v, guest_k, guest_v;
  };
  using RowReaderOf = std::function<std::unique_ptr<RowReader>(int64_t first_token)>;

  Projected project(const Block& block, const at::Tensor& x, const Guests* guests) const;
  // Of the image whose first token is `first`, [heads, tokens, head_dim], behind those of the guests, if there are any.
  at::Tensor of_image(const at::Tensor& projected, int64_t first, const at::Tensor& of_guests = {}) const;
  double attention_scale() const;
  // Values as each token mixes them, [tokens, hidden_size].
  at::Tensor mix(const Projected& projected, BlockedAttention& attention, const RowReaderOf& reader_of) const;
  static at::Tensor output(const Block& block, const at::Tensor& mixed, const Guests* guests);

  ClipVisionConfig config_;
  at::Tensor class_embedding_;     // [hidden_size]
  at::Tensor patch_embedding_;     // [hidden_size, 3 * patch_size²]: a convolution whose stride is its kernel
  at::Tensor position_embedding_;  // [tokens, hidden_size]
  LayerNorm pre_norm_;
  std::vector<Block> blocks_;
};

}  // namespace ocellus::models
