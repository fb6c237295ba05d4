#include "plugins/models/common/decoder/network.hpp"

#include <optional>

#include "plugins/models/common/decoder/computed_prefix.hpp"
#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/decoder/gradients.hpp"
#include "plugins/models/common/decoder/image_tower.hpp"
#include "plugins/models/common/decoder/tensor_options.hpp"
#include "plugins/models/common/decoder/text_decoder.hpp"
#include "plugins/models/common/transformer/runtime_errors.hpp"

namespace ocellus::models {

struct Network::Parts {
  std::unique_ptr<ImageTower> tower;
  TextDecoder decoder;
  BlockedAttention attention;
  std::optional<ComputedPrefix> prefix;

  Parts(const TextConfig& text, const WeightLoader& weights, const MakeTower& make_tower)
      : tower(make_tower(weights)), decoder(text, weights) {}
};

Network::Network(const TextConfig& text, const ServedStacks& served, const Generation& generation,
                 const WeightMap& stored, const Runtime& runtime, const MakeTower& make_tower,
                 const Randomisation& randomised)
    : text_(text), served_(served), generation_(generation) {
  const at::TensorOptions options = tensor_options(runtime.type(), runtime.device());
  with_translated_errors(
      [&] { parts_ = std::make_unique<Parts>(text_, WeightLoader(stored, options, randomised), make_tower); });
  prepare_runtime(runtime.device());
}

Network::~Network() = default;

void Network::execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink) {
  const auto tower = [&](int64_t blocks, const Captures& captures) {
    return parts_->tower->features(prepared, prepared.pixels(), blocks, parts_->attention, captures, sink);
  };
  execute_sample({parts_->decoder, parts_->attention, parts_->prefix}, text_, generation_, served_, prepared, plan,
                 sink, tower);
}

void Network::differentiate(const PreparedSample& prepared, const oc_gradient_plan& plan,
                            const GradientSchedule& schedule, const Sink& sink) {
  parts_->prefix.reset();  // for the memory
  const Captures none({}, sink, served_, prepared);
  const auto tower = [&](std::span<const float> pixels) {
    return parts_->tower->features(prepared, pixels, served_.feature_blocks, parts_->attention, none, sink);
  };
  differentiate_sample({parts_->decoder, parts_->attention, parts_->prefix}, text_, prepared, plan, schedule, sink,
                       tower);
}

}  // namespace ocellus::models
