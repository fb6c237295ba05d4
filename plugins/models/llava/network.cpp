#include "plugins/models/llava/network.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "plugins/models/common/clip/tower.hpp"
#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/decoder/image_tower.hpp"

namespace ocellus::llava {

using models::Captures;

namespace {

class LlavaTower final : public models::ImageTower {
 public:
  LlavaTower(const Config& config, const models::WeightLoader& weights)
      : config_(config), tower_(config.vision, weights, "vision_tower."), device_(weights.device()) {
    for (int64_t layer = 0; layer < config.projector.layers; ++layer)
      projector_.push_back(weights.linear("projector." + std::to_string(layer)));
  }

  at::Tensor features(const models::PreparedSample&, std::span<const float> pixels, int64_t blocks,
                      models::BlockedAttention& attention, const Captures& captures, const Sink& sink) const override {
    const models::ClipVisionConfig& vision = config_.vision;
    const at::Tensor pictures =
        models::tensor_of(pixels).view({-1, vision.channels, vision.image_size, vision.image_size});
    const int64_t images = pictures.size(0);
    const models::ClipTower::Observer observer{
        .before_block = [&] { sink.stop_if_cancelled(); },
        .reader_of =
            [&](int64_t block, int64_t first) {
              return std::make_unique<Captures::AttentionReader>(captures, Captures::Stack::vision, block, first,
                                                                 first);
            },
        .hidden = [&](int64_t layer,
                      const at::Tensor& x) { captures.tower_hidden(layer, x.size(0), x.size(1), models::rows_of(x)); }};
    const std::vector<at::Tensor> states =
        tower_(pictures.to(device_), blocks, config_.feature_blocks, attention, observer);
    if (blocks < config_.deepest_feature_block()) return {};
    at::Tensor x = states.size() == 1 ? states.front() : at::cat(states, -1);
    const int64_t width = x.size(1);
    if (!config_.class_token_is_feature)
      x = x.view({images, vision.tokens(), width}).narrow(1, 1, vision.patches()).reshape({-1, width});
    for (size_t layer = 0; layer < projector_.size(); ++layer) {
      if (layer > 0) x = models::activate(x, config_.projector.activation);
      x = projector_[layer](x);
    }
    return x;
  }

 private:
  Config config_;
  models::ClipTower tower_;
  std::vector<models::Linear> projector_;
  at::Device device_;
};

}  // namespace

models::ServedStacks served_stacks(const Config& config) {
  std::vector<int64_t> blocks(static_cast<size_t>(config.vision.layers));
  std::iota(blocks.begin(), blocks.end(), 0);
  return {.model = "llava",
          .decoder_layers = config.text.layers,
          .decoder_heads = config.text.heads,
          .vocabulary = config.text.vocabulary,
          .tower_heads = config.vision.heads,
          .feature_blocks = config.deepest_feature_block(),
          .full_attention_blocks = std::move(blocks),
          .tower_hidden = true};
}

models::Network::MakeTower image_tower(const Config& config) {
  return [config](const models::WeightLoader& weights) { return std::make_unique<LlavaTower>(config, weights); };
}

models::TowerMemory tower_memory(const Config& config, models::ComputeType type, const PreparedSample& prepared) {
  const models::ClipVisionConfig& vision = config.vision;
  const int64_t item = models::item_size(type), floats = sizeof(float);
  // A tower's layer, its patches' pixels, the states kept for the features, and the projector's inner layer.
  const int64_t patch_elements = vision.channels * vision.patch_size * vision.patch_size;
  const int64_t vision_bytes =
      prepared.tower_tokens *
      (models::layer_bytes_of_row(vision.hidden_size, vision.intermediate_size, item, item) +
       patch_elements * (floats + 2 * item) + 2 * config.feature_width() * item + 2 * config.text.hidden_size * item);
  return {static_cast<uint64_t>(vision_bytes), models::attention_buffer_bytes(vision.heads, vision.tokens(), type)};
}

}  // namespace ocellus::llava
