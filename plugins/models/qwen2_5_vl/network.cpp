#include "plugins/models/qwen2_5_vl/network.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/decoder/tensor_options.hpp"
#include "plugins/models/common/decoder/text_decoder.hpp"
#include "plugins/models/common/transformer/runtime_errors.hpp"
#include "plugins/models/qwen2_5_vl/vision_tower.hpp"

namespace ocellus::qwen2_5_vl {

using models::Captures;

struct Network::Parts {
  VisionTower tower;
  models::TextDecoder decoder;
  models::BlockedAttention attention;

  explicit Parts(const Config& config, const models::WeightLoader& weights)
      : tower(config.vision, weights), decoder(config.text, weights) {}
};

models::ServedStacks served_stacks(const Config& config) {
  return {.model = "qwen2_5_vl",
          .decoder_layers = config.text.layers,
          .decoder_heads = config.text.heads,
          .vocabulary = config.text.vocabulary,
          .tower_heads = config.vision.heads,
          .feature_blocks = config.vision.depth,
          .full_attention_blocks = config.vision.full_attention_blocks};
}

Network::Network(const Config& config, const models::Generation& generation, const models::WeightMap& stored,
                 models::ComputeType type, models::Device device)
    : config_(config), generation_(generation), served_(served_stacks(config)) {
  models::with_translated_errors([&] {
    parts_ = std::make_unique<Parts>(config, models::WeightLoader(stored, models::tensor_options(type, device)));
  });
  models::prepare_runtime(device);
}

Network::~Network() = default;

void Network::execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink) {
  const auto tower = [&](int64_t blocks, const Captures& captures) {
    const at::Tensor pixels = at::from_blob(const_cast<float*>(prepared.pixel_values.data()),
                                            {prepared.tower_tokens, config_.vision.patch_elements()}, at::kFloat);
    const auto reader_of = [&](int64_t block, int64_t first_patch) -> std::unique_ptr<models::RowReader> {
      return std::make_unique<Captures::AttentionReader>(captures, Captures::Stack::vision, block, first_patch,
                                                         first_patch);
    };
    return parts_->tower(
        pixels.to(parts_->decoder.device()), prepared.grids, blocks, parts_->attention,
        [&] { sink.stop_if_cancelled(); }, reader_of);
  };
  models::execute_sample({parts_->decoder, parts_->attention}, config_.text, generation_, served_, prepared, plan, sink,
                         tower);
}

uint64_t Network::activation_bytes(const Config& config, models::ComputeType type, const PreparedSample& prepared,
                                   uint32_t max_new_tokens) {
  const VisionConfig& vision = config.vision;
  const int64_t item = models::item_size(type), floats = sizeof(float);
  const models::DecoderMemory decoder(config.text, type, prepared, max_new_tokens);
  // The tower rotates in float32.
  const int64_t vision_bytes =
      prepared.tower_tokens * (models::layer_bytes_of_row(vision.hidden_size, vision.intermediate_size, item, floats) +
                               vision.patch_elements() * (floats + (type == models::ComputeType::float32 ? 0 : item)));
  int64_t largest_frame = 0;
  for (const PatchGrid& grid : prepared.grids) largest_frame = std::max(largest_frame, grid.height * grid.width);
  const uint64_t tower_buffers = models::attention_buffer_bytes(vision.heads, largest_frame, type);
  return std::max(decoder.pass_and_cache, static_cast<uint64_t>(vision_bytes)) +
         std::max(decoder.attention_buffers, tower_buffers);
}

}  // namespace ocellus::qwen2_5_vl
