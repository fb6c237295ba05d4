// The vision tower: patches to image features.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/layers.hpp"
#include "plugins/models/common/transformer/rotary.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/patch_grid.hpp"
#include "plugins/models/qwen2_5_vl/weight_loader.hpp"

namespace ocellus::qwen2_5_vl {

class VisionTower {
 public:
  VisionTower(const VisionConfig& config, const WeightLoader& weights);

  // pixels [patches, patch_elements] of all images to features [units, out_hidden_size] in raster order. Images and the
  // windows within them do not see each other. `before_block` is called before each block and may throw.
  at::Tensor operator()(const at::Tensor& pixels, std::span<const PatchGrid> grids, models::BlockedAttention& attention,
                        const std::function<void()>& before_block) const;

 private:
  struct Block {
    models::RmsNorm norm1, norm2;
    models::Linear qkv, projection;
    models::GatedMlp mlp;
    bool full_attention;
  };
  struct Segments;

  models::RotaryTable rotary(std::span<const PatchGrid> grids, const std::vector<int64_t>& units) const;
  at::Tensor attend(const Block& block, const at::Tensor& x, const models::RotaryTable& rotary,
                    const Segments& segments, models::BlockedAttention& attention) const;

  VisionConfig config_;
  at::Tensor patch_embedding_;  // [hidden_size, patch_elements]: a convolution whose stride is its kernel
  std::vector<Block> blocks_;
  models::RmsNorm merger_norm_;
  models::Linear merger_in_, merger_out_;
};

}  // namespace ocellus::qwen2_5_vl
