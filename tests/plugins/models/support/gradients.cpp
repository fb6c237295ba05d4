#include "tests/plugins/models/support/gradients.hpp"

#include <algorithm>
#include <ocellus/sdk/tensor.hpp>
#include <string_view>

namespace ocellus::test {

namespace {

// Gradients are probe 0, scores probe 1, attention's gradients probe 2.
template <class F>
auto with_plan(const GradientWish& wish, const F& f) {
  oc_merged_probe gradient{}, score{}, attention{};
  gradient.struct_size = sizeof gradient;
  gradient.kind = OC_PROBE_GRADIENT;
  gradient.stack = "language";
  gradient.layers = wish.layers.data(), gradient.n_layers = wish.layers.size();
  gradient.rows = wish.rows.data(), gradient.n_rows = wish.rows.size();
  score.struct_size = sizeof score;
  score.id = 1;
  score.kind = OC_PROBE_TARGET;
  score.stack = wish.of_features ? "vision" : "language";
  attention.struct_size = sizeof attention;
  attention.id = 2;
  attention.kind = OC_PROBE_ATTENTION_GRADIENT;
  attention.stack = score.stack;
  attention.layers = wish.attention_layers.data(), attention.n_layers = wish.attention_layers.size();
  attention.heads = wish.attention_heads.data(), attention.n_heads = wish.attention_heads.size();
  attention.rows = wish.attention_rows.data(), attention.n_rows = wish.attention_rows.size();
  if (!wish.attention_keys.empty())
    attention.keys = wish.attention_keys.data(), attention.n_keys = wish.attention_keys.size();
  std::vector<const oc_merged_probe*> probes{&score};
  if (!wish.of_features) probes.insert(probes.begin(), &gradient);
  if (!wish.attention_layers.empty()) probes.push_back(&attention);
  std::vector<const oc_noise*> draws;
  for (const oc_noise& noise : wish.draws) draws.push_back(&noise);
  if (draws.empty()) draws.push_back(nullptr);
  oc_gradient_plan plan{};
  plan.struct_size = sizeof plan;
  plan.score = wish.score;
  plan.continuation = wish.continuation.data(), plan.n_continuation = wish.continuation.size();
  plan.targets = wish.targets.data(), plan.n_targets = wish.targets.size();
  plan.draws = draws.data(), plan.n_draws = draws.size();
  plan.probes = probes.data(), plan.n_probes = probes.size();
  plan.of_features = wish.of_features ? 1 : 0;
  plan.memory = wish.memory;
  return f(plan);
}

}  // namespace

GradientSink::GradientSink() {
  table_.struct_size = sizeof table_;
  table_.context = this;
  table_.layout = [](void*, const oc_layout*) noexcept { return oc_status{OC_OK}; };
  table_.capture = [](void* raw, const oc_capture* capture, oc_tensor* take) noexcept {
    const TensorPointer tensor(take);
    static_cast<GradientSink*>(raw)->keep(*capture, *tensor);
    return oc_status{OC_OK};
  };
  table_.step = [](void*, const oc_step*) noexcept { return oc_status{OC_E_INTERNAL}; };
  table_.cancelled = [](void* raw) noexcept {
    GradientSink& own = *static_cast<GradientSink*>(raw);
    return own.polls++ == own.cancel_at ? 1 : 0;
  };
}

void GradientSink::keep(const oc_capture& capture, const oc_tensor& tensor) {
  const auto values = TensorView<float>(&tensor).flat();
  if (capture.probe == 1) {
    scores[capture.draw].assign(values.begin(), values.end());
    return;
  }
  if (capture.probe == 2) return keep_attention(capture, tensor);
  const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  layers[{capture.draw, capture.layer}] = {{values.begin(), half}, {half, values.end()}};
  order.emplace_back(capture.draw, capture.layer);
}

void GradientSink::keep_attention(const oc_capture& capture, const oc_tensor& tensor) {
  const TensorView<float> values(&tensor);
  most_rows = std::max(most_rows, capture.n_rows);
  for (size_t place = 0; place < capture.n_rows; ++place) {
    KeptAttentionGradient& row = attention[{capture.draw, capture.layer}][capture.rows[place]];
    row.heads.assign(capture.heads, capture.heads + capture.n_heads);
    row.keys.assign(capture.keys, capture.keys + capture.n_keys);
    for (size_t head = 0; head < capture.n_heads; ++head) {
      const auto given = values.row(0, head, place), slopes = values.row(1, head, place);
      row.probabilities.insert(row.probabilities.end(), given.begin(), given.end());
      row.gradients.insert(row.gradients.end(), slopes.begin(), slopes.end());
    }
    attention_order.emplace_back(capture.layer, capture.rows[place]);
  }
}

void run_gradients(Gradients& model, const Model::Prepared& prepared, const GradientWish& wish, GradientSink& sink) {
  with_plan(wish, [&](const oc_gradient_plan& plan) { model.execute(prepared, plan, sink.sink()); });
}

oc_cost cost_of_gradients(const Gradients& model, const Model::Prepared& prepared, const GradientWish& wish) {
  return with_plan(wish, [&](const oc_gradient_plan& plan) { return model.estimate(prepared, plan); });
}

}  // namespace ocellus::test
