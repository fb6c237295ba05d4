#include "plugins/models/qavit/network.hpp"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <cstring>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/decoder/image_tower.hpp"
#include "plugins/models/common/decoder/tensor_options.hpp"
#include "plugins/models/common/text_encoder/text_encoder.hpp"
#include "plugins/models/common/transformer/runtime_errors.hpp"
#include "plugins/models/qavit/gradients.hpp"
#include "plugins/models/qavit/tower.hpp"

namespace ocellus::qavit {

using models::Captures;

models::ServedStacks served_stacks(const Config& config) {
  std::vector<int64_t> blocks(static_cast<size_t>(config.tower.vision.layers));
  std::iota(blocks.begin(), blocks.end(), 0);
  return {.model = "qavit",
          .tower_heads = config.tower.vision.heads,
          .feature_blocks = config.feature_blocks,
          .full_attention_blocks = std::move(blocks),
          .tower_hidden = true};
}

// What the blocks before the first that is aware of a question have made of a sample's pictures.
struct Looked {
  std::vector<float> pixels;
  at::Tensor states;

  bool at_pictures_of(const PreparedSample& prepared) const {
    const std::span<const float> own = prepared.pixels();
    return own.size() == pixels.size() && std::memcmp(own.data(), pixels.data(), own.size_bytes()) == 0;
  }
};

struct Network::Parts {
  Tower tower;
  std::unique_ptr<models::TextEncoder> encoder;
  models::BlockedAttention attention;
  at::Device device;
  std::optional<Looked> looked;  // of the last sample; one, because the host asks all about a picture in a row

  Parts(const Config& config, const models::WeightLoader& weights, const models::WeightLoader& encoder_weights)
      : tower(config.tower, weights), device(weights.device()) {
    if (config.question) encoder = models::make_text_encoder(config.question->encoder, encoder_weights);
  }

  at::Tensor embed(const PreparedSample& prepared, const models::ClipVisionConfig& vision) const {
    return tower.embed(models::tensor_of(prepared.pixels())
                           .view({-1, vision.channels, vision.image_size, vision.image_size})
                           .to(device));
  }
};

Network::Network(const Config& config, const models::WeightMap& tower, const models::WeightMap& encoder,
                 const models::Runtime& runtime, const models::Randomisation& randomised)
    : config_(config), served_(served_stacks(config)) {
  const at::TensorOptions options = models::tensor_options(runtime.type(), runtime.device());
  models::with_translated_errors([&] {
    parts_ = std::make_unique<Parts>(config_, models::WeightLoader(tower, options, randomised),
                                     models::WeightLoader(encoder, options));
  });
  models::prepare_runtime(runtime.device());
}

Network::~Network() = default;

void Network::execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink) {
  const c10::InferenceMode no_autograd;
  models::with_translated_errors([&] {
    const Captures captures(plan, sink, served_, prepared);
    captures.inputs(prepared);
    const std::optional<int64_t> blocks = captures.tower_blocks();
    if (!blocks || prepared.image_tokens() == 0) return;
    const int64_t blind = config_.tower.question_blind_blocks();
    const bool asks = parts_->encoder && *blocks > blind;
    const bool goes_on = asks && blind > 0 && parts_->looked && parts_->looked->at_pictures_of(prepared) &&
                         !captures.reads_tower_before(blind);
    const at::Tensor question = asks ? (*parts_->encoder)(prepared.question.ids) : at::Tensor();

    at::Tensor after_blind;
    const models::TokenRun guests{prepared.image_tokens(), prepared.tower_tokens};
    const models::ClipTower::Observer observer{
        .before_block = [&] { sink.stop_if_cancelled(); },
        .reader_of =
            [&](int64_t block, int64_t first) {
              return std::make_unique<Captures::AttentionReader>(
                  captures, Captures::Stack::vision, block, first, first,
                  config_.tower.is_question_aware(block) ? guests : models::TokenRun{0, 0});
            },
        .hidden =
            [&](int64_t layer, const at::Tensor& x) {
              if (layer == blind) after_blind = x;
              captures.tower_hidden(layer, x.size(0), x.size(1), models::rows_of(x));
            }};
    const at::Tensor last =
        parts_->tower(goes_on ? parts_->looked->states : parts_->embed(prepared, config_.tower.vision),
                      goes_on ? blind : 0, *blocks, question, parts_->attention, observer);
    models::require_finite(last, "image tower");
    if (asks && !goes_on) {
      const std::span<const float> pixels = prepared.pixels();
      parts_->looked = Looked{{pixels.begin(), pixels.end()}, after_blind};
    }
  });
}

void Network::differentiate(const PreparedSample& prepared, const oc_gradient_plan& plan, const Sink& sink) {
  if (prepared.image_tokens() == 0) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
  const c10::InferenceMode no_autograd;
  models::with_translated_errors([&] {
    const at::Tensor question = parts_->encoder ? (*parts_->encoder)(prepared.question.ids) : at::Tensor();
    differentiate_features(parts_->tower, config_, prepared, parts_->embed(prepared, config_.tower.vision), question,
                           parts_->attention, plan, sink);
  });
}

}  // namespace ocellus::qavit
