#include "plugins/models/qwen2_5_vl/network.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <span>
#include <vector>

#include "plugins/models/common/decoder/image_tower.hpp"
#include "plugins/models/qwen2_5_vl/vision_tower.hpp"

namespace ocellus::qwen2_5_vl {

using models::Captures;

namespace {

class QwenTower final : public models::ImageTower {
 public:
  QwenTower(const VisionConfig& config, const models::WeightLoader& weights)
      : patch_elements_(config.patch_elements()), tower_(config, weights), device_(weights.device()) {}

  at::Tensor features(const models::PreparedSample& sample, std::span<const float> pixels, int64_t blocks,
                      models::BlockedAttention& attention, const Captures& captures, const Sink& sink) const override {
    const auto& own = static_cast<const PreparedSample&>(sample).grids;
    std::vector<PatchGrid> grids;
    for (size_t seen = 0; seen < pixels.size(); seen += sample.pixels().size())
      grids.insert(grids.end(), own.begin(), own.end());
    const at::Tensor patches = models::tensor_of(pixels).view({-1, patch_elements_});
    const auto reader_of = [&](int64_t block, int64_t first_patch) -> std::unique_ptr<models::RowReader> {
      return std::make_unique<Captures::AttentionReader>(captures, Captures::Stack::vision, block, first_patch,
                                                         first_patch);
    };
    return tower_(
        patches.to(device_), grids, blocks, attention, [&] { sink.stop_if_cancelled(); }, reader_of);
  }

 private:
  int64_t patch_elements_;
  VisionTower tower_;
  at::Device device_;
};

}  // namespace

models::ServedStacks served_stacks(const Config& config) {
  return {.model = "qwen2_5_vl",
          .decoder_layers = config.text.layers,
          .decoder_heads = config.text.heads,
          .vocabulary = config.text.vocabulary,
          .tower_heads = config.vision.heads,
          .feature_blocks = config.vision.depth,
          .full_attention_blocks = config.vision.full_attention_blocks};
}

models::Network::MakeTower image_tower(const Config& config) {
  return [vision = config.vision](const models::WeightLoader& weights) {
    return std::make_unique<QwenTower>(vision, weights);
  };
}

models::TowerMemory tower_memory(const Config& config, models::ComputeType type, const PreparedSample& prepared) {
  const VisionConfig& vision = config.vision;
  const int64_t item = models::item_size(type), floats = sizeof(float);
  // The tower rotates in float32.
  const int64_t vision_bytes =
      prepared.tower_tokens * (models::layer_bytes_of_row(vision.hidden_size, vision.intermediate_size, item, floats) +
                               vision.patch_elements() * (floats + (type == models::ComputeType::float32 ? 0 : item)));
  int64_t largest_frame = 0;
  for (const PatchGrid& grid : prepared.grids) largest_frame = std::max(largest_frame, grid.height * grid.width);
  return {static_cast<uint64_t>(vision_bytes), models::attention_buffer_bytes(vision.heads, largest_frame, type)};
}

}  // namespace ocellus::qwen2_5_vl
