// QA-ViT's tower: pictures and a question's states to hidden states. A block that is aware of the question lets every
// patch see the question's tokens beside the picture's.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "plugins/models/common/clip/tower.hpp"
#include "plugins/models/common/decoder/weight_loader.hpp"
#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/clip_layers.hpp"
#include "plugins/models/qavit/tower_config.hpp"

namespace ocellus::qavit {

class Tower {
 public:
  // Of weights by the names of tower_table.
  Tower(const TowerConfig& config, const models::WeightLoader& weights);

  // pixels [images, 3, image_size, image_size] to what enters block 0, [images * tokens, hidden_size].
  at::Tensor embed(const at::Tensor& pixels) const { return clip_.embed(pixels); }

  // The hidden states after `end` blocks, from those after `first` blocks: those of `embed` for 0, or states that an
  // earlier call with another question has come to in blocks that are blind to it. Images do not see each other.
  // `question` [question tokens M, instruction_dim], of the weights' type, is asked about each of the images; if it is
  // undefined, all blocks are plain CLIP's. `observer` is told the hidden states after `first` blocks and after each
  // further one; the rows of attention that it reads in a block aware of the question have the keys [question tokens |
  // class token | patches].
  at::Tensor operator()(at::Tensor x, int64_t first, int64_t end, const at::Tensor& question,
                        models::BlockedAttention& attention, const models::ClipTower::Observer& observer) const;

  // The way back through one block, see ClipTower::input_gradient. The question has no gradient.
  at::Tensor input_gradient(int64_t index, const at::Tensor& x, const at::Tensor& gradient, const at::Tensor& question,
                            models::BlockedAttention& attention,
                            const models::ClipTower::GradientReaderOf& reader_of) const;

 private:
  // What a block has beside CLIP's.
  struct QuestionWay {
    models::LayerNorm norm;
    models::Linear reduce, expand;  // the question's states to tokens of the tower's width
    models::Linear output;          // beside CLIP's own
    at::Tensor strength;            // [1], tanh of the gate

    // Borrows this way.
    models::ClipTower::Guests guests(const at::Tensor& question) const;
  };
  // Nothing in a block that is blind to the question, and where none is asked.
  std::optional<models::ClipTower::Guests> guests(int64_t index, const at::Tensor& question) const;

  models::ClipTower clip_;
  std::vector<std::optional<QuestionWay>> ways_;  // by block; nothing in a blind one
};

}  // namespace ocellus::qavit
