// The vision tower: patches to image features.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "plugins/models/common/decoder/weight_loader.hpp"
#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/layers.hpp"
#include "plugins/models/common/transformer/rotary.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/patch_grid.hpp"

namespace ocellus::qwen2_5_vl {

class VisionTower {
 public:
  VisionTower(const VisionConfig& config, const models::WeightLoader& weights);

  // Called before each block; may throw.
  using BeforeBlock = std::function<void()>;
  // What reads the attention rows of a block with full attention, in a frame whose first patch is `first_patch`.
  using ReaderOf = std::function<std::unique_ptr<models::RowReader>(int64_t block, int64_t first_patch)>;

  // pixels [patches, patch_elements] of all images, in the order of pixel_values, to features [units, out_hidden_size]
  // in raster order; undefined if `blocks` are not all. Images and the windows within them do not see each other.
  at::Tensor operator()(const at::Tensor& pixels, std::span<const PatchGrid> grids, int64_t blocks,
                        models::BlockedAttention& attention, const BeforeBlock& before_block,
                        const ReaderOf& reader_of) const;

 private:
  using Layer = std::function<at::Tensor(const at::Tensor&)>;  // of one kind or another, by family
  struct Block {
    Layer norm1, norm2;
    models::Linear qkv, projection;
    Layer mlp;
  };
  struct Segments;

  models::RotaryTable rotary(std::span<const PatchGrid> grids) const;
  at::Tensor attend(int64_t index, const at::Tensor& x, const models::RotaryTable& rotary, const Segments& segments,
                    models::BlockedAttention& attention, const ReaderOf& reader_of) const;

  VisionConfig config_;
  at::Tensor patch_embedding_;  // [hidden_size, patch_elements]: a convolution whose stride is its kernel
  std::vector<Block> blocks_;
  Layer merger_norm_;
  models::Linear merger_in_, merger_out_;
};

}  // namespace ocellus::qwen2_5_vl
