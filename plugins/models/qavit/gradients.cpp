#include "plugins/models/qavit/gradients.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/models/common/captures/attention_gradients.hpp"
#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/qavit/gradient_plan.hpp"

namespace ocellus::qavit {

namespace {

using models::ClipTower;

class FeatureGradients {
 public:
  FeatureGradients(const Tower& tower, const Config& config, const PreparedSample& prepared, const at::Tensor& question,
                   models::BlockedAttention& attention, const oc_gradient_plan& plan, const Sink& sink)
      : tower_(tower),
        config_(config),
        prepared_(prepared),
        question_(question),
        attention_(attention),
        plan_(plan),
        sink_(sink),
        blocks_(gradient_blocks(plan, config)) {}

  void operator()(const at::Tensor& x) const {
    const int64_t features = config_.feature_blocks;
    const int64_t blind = std::min(config_.tower.question_blind_blocks(), features);
    std::vector<at::Tensor> after(static_cast<size_t>(blocks_.end + 1));  // each number of blocks
    const auto keep = [&](int64_t done, const at::Tensor& states) {
      if (done >= blocks_.begin || done == blind || done == features) after[static_cast<size_t>(done)] = states;
    };
    tower_(x, 0, blocks_.end, question_, attention_, observer(keep));
    models::require_finite(after.back(), "image tower");
    const at::Tensor without = tower_(after[static_cast<size_t>(blind)], blind, features, at::Tensor(), attention_,
                                      observer([](int64_t, const at::Tensor&) {}));
    const at::Tensor change = patches_alone(after[static_cast<size_t>(features)].to(at::kFloat) - without);
    deliver_target(change);
    // Behind the features nothing counts.
    at::Tensor gradient = at::zeros_like(change);
    for (int64_t block = blocks_.end - 1; block >= blocks_.begin; --block) {
      sink_.stop_if_cancelled();
      if (block + 1 == features) gradient = change;
      at::Tensor& entering = after[static_cast<size_t>(block)];
      gradient = tower_.input_gradient(block, entering, gradient, question_, attention_,
                                       [&](int64_t first) { return reader_of(block, first); });
      entering.reset();
    }
  }

 private:
  ClipTower::Observer observer(std::function<void(int64_t, const at::Tensor&)> hidden) const {
    return {.before_block = [this] { sink_.stop_if_cancelled(); },
            .reader_of = [](int64_t, int64_t) { return nullptr; },
            .hidden = std::move(hidden)};
  }

  // Without the class token, which is no feature of a place: the rows of patches stay.
  at::Tensor patches_alone(const at::Tensor& change) const {
    change.view({-1, config_.tokens_of_image(), change.size(-1)}).select(1, 0).zero_();
    return change;
  }

  void deliver_target(const at::Tensor& change) const {
    const auto score = static_cast<float>(change.to(at::kDouble).pow(2).sum().item<double>() / 2);
    for (const oc_merged_probe* probe : std::span(plan_.probes, plan_.n_probes)) {
      if (std::string_view(probe->kind) != OC_PROBE_TARGET) continue;
      oc_capture capture{};
      capture.struct_size = sizeof capture;
      capture.probe = probe->id;
      capture.layer = -1;
      sink_.capture(capture, make_tensor(std::vector<float>{score}, {1}));
    }
  }

  std::unique_ptr<models::GradientReader> reader_of(int64_t block, int64_t first) const {
    const bool is_aware = config_.tower.is_question_aware(block);
    const models::CallTokens tokens{.stack = prepared_.tower_tokens,
                                    .first = first,
                                    .count = config_.tokens_of_image(),
                                    .guests = is_aware
                                                  ? models::TokenRun{prepared_.image_tokens(), prepared_.tower_tokens}
                                                  : models::TokenRun{0, 0},
                                    .causal = false};
    return std::make_unique<models::AttentionGradientReader>(plan_, sink_, block, /*draw=*/0, tokens);
  }

  const Tower& tower_;
  const Config& config_;
  const PreparedSample& prepared_;
  const at::Tensor& question_;
  models::BlockedAttention& attention_;
  const oc_gradient_plan& plan_;
  const Sink& sink_;
  GradientBlocks blocks_;
};

}  // namespace

void differentiate_features(const Tower& tower, const Config& config, const PreparedSample& prepared,
                            const at::Tensor& x, const at::Tensor& question, models::BlockedAttention& attention,
                            const oc_gradient_plan& plan, const Sink& sink) {
  FeatureGradients(tower, config, prepared, question, attention, plan, sink)(x);
}

}  // namespace ocellus::qavit
