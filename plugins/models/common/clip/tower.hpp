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
  };
  at::Tensor block(int64_t index, at::Tensor x, BlockedAttention& attention, const Observer& observer,
                   const Guests* guests = nullptr) const;

 private:
  struct Block {
    LayerNorm norm1, norm2;
    Linear q, k, v, output;
    TwoLayerMlp mlp;
  };

  at::Tensor attend(int64_t index, const at::Tensor& x, BlockedAttention& attention, const Observer& observer,
                    const Guests* guests) const;

  ClipVisionConfig config_;
  at::Tensor class_embedding_;     // [hidden_size]
  at::Tensor patch_embedding_;     // [hidden_size, 3 * patch_size²]: a convolution whose stride is its kernel
  at::Tensor position_embedding_;  // [tokens, hidden_size]
  LayerNorm pre_norm_;
  std::vector<Block> blocks_;
};

}  // namespace ocellus::models
