#include "plugins/models/common/decoder/gradients.hpp"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/models/common/captures/attention_gradients.hpp"
#include "plugins/models/common/transformer/runtime_errors.hpp"

namespace ocellus::models {

namespace {

bool is_of(const char* kind, const oc_merged_probe& probe) {
  return std::string_view(probe.kind) == kind;
}

class GradientRun {
 public:
  GradientRun(const NetworkParts& parts, const TextConfig& text, const PreparedSample& prepared,
              const oc_gradient_plan& plan, const GradientSchedule& schedule, const Sink& sink, const NoisyTower& tower)
      : parts_(parts),
        text_(text),
        prepared_(prepared),
        plan_(plan),
        schedule_(schedule),
        sink_(sink),
        tower_(tower),
        device_(parts.decoder.device()),
        length_(gradient_length(plan, prepared)),
        lowest_(lowest_gradient(plan, text.layers)) {}

  void operator()() {
    std::vector<int64_t> tokens;
    for (const oc_target_token& target : targets()) tokens.push_back(target.id);
    target_ids_ = longs_on(device_, tokens);
    if (plan_.score == OC_SCORE_LOGIT) target_weights_ = parts_.decoder.head_rows(target_ids_);
    const auto draws = static_cast<int64_t>(plan_.n_draws);
    for (int64_t first = 0; first < draws; first += schedule_.draws_at_once)
      differentiate(first, std::min(schedule_.draws_at_once, draws - first));
  }

 private:
  std::span<const oc_merged_probe* const> probes() const { return {plan_.probes, plan_.n_probes}; }
  std::span<const oc_target_token> targets() const { return {plan_.targets, plan_.n_targets}; }

  // Rows of each of the first `draws` sequences, as rows of all of them.
  at::Tensor in_all_draws(const std::vector<int64_t>& rows, int64_t draws) const {
    std::vector<int64_t> all;
    for (int64_t draw = 0; draw < draws; ++draw) {
      for (const int64_t row : rows) all.push_back(draw * length_ + row);
    }
    return longs_on(device_, all);
  }

  // Draws first, first + 1, ...: there and back.
  void differentiate(int64_t first, int64_t draws) {
    at::Tensor x = embedded(first, draws);
    const RotaryTable rotary = parts_.decoder.rotary(positions().repeat({1, draws}));
    // What enters each layer that is gone back through.
    std::vector<at::Tensor> entering(static_cast<size_t>(text_.layers));
    std::vector<std::optional<TextDecoder::Trace>> kept(entering.size());
    for (int64_t layer = 0; layer < text_.layers; ++layer) {
      sink_.stop_if_cancelled();
      const auto place = static_cast<size_t>(layer);
      if (layer >= lowest_) entering[place] = x;
      TextDecoder::Trace trace = parts_.decoder.trace(layer, x, rotary, draws, parts_.attention);
      x = parts_.decoder.output(layer, trace);
      if (layer >= std::max(lowest_, text_.layers - schedule_.kept_layers)) kept[place] = std::move(trace);
    }
    require_finite(x, "decoder");
    at::Tensor gradient = target_gradient(x, first, draws);
    deliver(text_.layers, first, draws, x, gradient);
    x.reset();
    for (int64_t layer = text_.layers - 1; layer >= lowest_; --layer) {
      sink_.stop_if_cancelled();
      const auto place = static_cast<size_t>(layer);
      if (!kept[place]) kept[place] = parts_.decoder.trace(layer, entering[place], rotary, draws, parts_.attention);
      gradient = through_layer(layer, first, draws, *kept[place], rotary, gradient);
      kept[place].reset();
      deliver(layer, first, draws, entering[place], gradient);
      entering[place].reset();
    }
  }

  at::Tensor through_layer(int64_t layer, int64_t first, int64_t draws, const TextDecoder::Trace& trace,
                           const RotaryTable& rotary, const at::Tensor& gradient) const {
    std::deque<AttentionGradientReader> readers;
    std::vector<GradientReader*> of_draws;
    for (int64_t draw = 0; draw < draws; ++draw)
      of_draws.push_back(&readers.emplace_back(plan_, sink_, layer, first + draw, CallTokens{length_}));
    return parts_.decoder.input_gradient(layer, trace, rotary, draws, gradient, of_draws);
  }

  // [axes, length]: the prompt's, and what a generating run gives the tokens behind it.
  at::Tensor positions() const {
    const int64_t known = prepared_.tokens(), behind = std::max<int64_t>(0, length_ - known);
    const at::Tensor prompt =
        longs_on(device_, prepared_.positions.axes).view({-1, known}).narrow(1, 0, std::min(known, length_));
    if (behind == 0) return prompt;
    const at::Tensor next = at::arange(behind, prompt.options()) + prepared_.positions.next;
    return at::cat({prompt, next.expand({prompt.size(0), behind})}, 1);
  }

  // [draws * length, hidden_size], the features of each draw in place.
  at::Tensor embedded(int64_t first, int64_t draws) const {
    std::vector<int64_t> ids = prepared_.prompt.ids;
    ids.insert(ids.end(), plan_.continuation, plan_.continuation + plan_.n_continuation);
    ids.resize(static_cast<size_t>(length_));
    at::Tensor features;
    if (prepared_.features > 0) {
      std::vector<float> pixels;
      for (int64_t draw = first; draw < first + draws; ++draw) {
        const std::vector<float> noisy = under_noise(prepared_.pixels(), prepared_.planes, plan_.draws[draw]);
        pixels.insert(pixels.end(), noisy.begin(), noisy.end());
      }
      features = tower_(pixels);
      require_finite(features, "image tower");
    }
    return embedded_tokens(parts_.decoder, ids, prepared_.prompt.images, features, draws);
  }

  // The gradient with respect to x, what leaves the last layer, in float32; and the scores, delivered.
  at::Tensor target_gradient(const at::Tensor& x, int64_t first, int64_t draws) {
    std::vector<int64_t> rows;
    for (const oc_target_token& target : targets()) rows.push_back(target.row);
    const at::Tensor places = in_all_draws(rows, draws);
    const at::Tensor producing = x.index_select(0, places), normed = parts_.decoder.final_norm(producing);
    at::Tensor scores, gradient;
    if (plan_.score == OC_SCORE_LOGIT) {
      gradient = target_weights_.repeat({draws, 1});
      scores = (normed.to(at::kFloat) * gradient).sum(-1);
    } else {
      std::tie(scores, gradient) = log_probabilities(normed, target_ids_.repeat({draws}));
    }
    deliver_scores(scores, first, draws);
    const at::Tensor all = at::zeros(x.sizes(), x.options().dtype(at::kFloat));
    return all.index_copy_(0, places, parts_.decoder.final_norm_input_gradient(producing, gradient));
  }

  // Of each row's token, and the gradient with respect to the row.
  std::pair<at::Tensor, at::Tensor> log_probabilities(const at::Tensor& normed, const at::Tensor& tokens) const {
    std::vector<at::Tensor> scores, gradients;
    for (int64_t row = 0; row < normed.size(0); row += gradient_logit_rows) {
      const int64_t count = std::min(gradient_logit_rows, normed.size(0) - row);
      const at::Tensor logits = parts_.decoder.head(normed.narrow(0, row, count)).to(at::kFloat);
      const at::Tensor chosen = tokens.narrow(0, row, count).unsqueeze(-1);
      const at::Tensor logs = at::log_softmax(logits, -1);
      scores.push_back(logs.gather(-1, chosen).squeeze(-1));
      // d log p_t / d logit_v = [v = t] - p_v.
      const at::Tensor towards = logs.exp().neg().scatter_add(-1, chosen, at::ones_like(chosen, logs.options()));
      gradients.push_back(parts_.decoder.head_input_gradient(towards.to(normed.scalar_type())));
    }
    return {at::cat(scores), at::cat(gradients)};
  }

  static oc_capture capture_of(const oc_merged_probe& probe, int64_t layer, int64_t draw) {
    oc_capture capture{};
    capture.struct_size = sizeof capture;
    capture.probe = probe.id;
    capture.layer = static_cast<int32_t>(layer);
    capture.draw = static_cast<uint32_t>(draw);
    return capture;
  }

  void deliver_scores(const at::Tensor& scores, int64_t first, int64_t draws) const {
    const auto count = static_cast<int64_t>(plan_.n_targets);
    for (const oc_merged_probe* probe : probes()) {
      if (!is_of(OC_PROBE_TARGET, *probe)) continue;
      for (int64_t draw = 0; draw < draws; ++draw) {
        sink_.capture(capture_of(*probe, -1, first + draw),
                      make_tensor(floats_of(scores.narrow(0, draw * count, count)), {count}));
      }
    }
  }

  void deliver(int64_t layer, int64_t first, int64_t draws, const at::Tensor& x, const at::Tensor& gradient) const {
    for (const oc_merged_probe* probe : probes()) {
      if (!is_of(OC_PROBE_GRADIENT, *probe) ||
          !std::binary_search(probe->layers, probe->layers + probe->n_layers, layer))
        continue;
      const at::Tensor rows = longs_on(device_, {probe->rows, probe->rows + probe->n_rows});
      for (int64_t draw = 0; draw < draws; ++draw) {
        const at::Tensor places = rows + draw * length_;
        const at::Tensor both = at::stack({x.index_select(0, places).to(at::kFloat), gradient.index_select(0, places)});
        oc_capture capture = capture_of(*probe, layer, first + draw);
        capture.rows = probe->rows;
        capture.n_rows = probe->n_rows;
        sink_.capture(capture, make_tensor(floats_of(both), {2, both.size(1), both.size(2)}));
      }
    }
  }

  const NetworkParts& parts_;
  const TextConfig& text_;
  const PreparedSample& prepared_;
  const oc_gradient_plan& plan_;
  const GradientSchedule& schedule_;
  const Sink& sink_;
  const NoisyTower& tower_;
  at::Device device_;
  int64_t length_, lowest_;
  at::Tensor target_ids_;      // [targets]
  at::Tensor target_weights_;  // [targets, hidden_size], where scores are logits
};

}  // namespace

void differentiate_sample(const NetworkParts& parts, const TextConfig& text, const PreparedSample& prepared,
                          const oc_gradient_plan& plan, const GradientSchedule& schedule, const Sink& sink,
                          const NoisyTower& tower) {
  const c10::InferenceMode no_autograd;
  with_translated_errors([&] { GradientRun(parts, text, prepared, plan, schedule, sink, tower)(); });
}

}  // namespace ocellus::models
