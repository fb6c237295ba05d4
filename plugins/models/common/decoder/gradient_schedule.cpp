#include "plugins/models/common/decoder/gradient_schedule.hpp"

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <string>
#include <string_view>

#include "plugins/models/common/transformer/attention_gradient.hpp"

namespace ocellus::models {

void check_gradient_plan(const oc_gradient_plan& plan, const ServedStacks& served) {
  for (const oc_merged_probe* probe : std::span(plan.probes, plan.n_probes)) {
    const std::string_view kind = probe->kind, stack = probe->stack == nullptr ? "" : probe->stack;
    const bool is_known = kind == OC_PROBE_GRADIENT || kind == OC_PROBE_TARGET || kind == OC_PROBE_ATTENTION_GRADIENT;
    if (!is_known || stack != "language")
      throw Error(OC_E_UNSUPPORTED,
                  served.model + " does not serve the probe " + std::string(kind) + "@" + std::string(stack));
  }
}

int64_t gradient_length(const oc_gradient_plan& plan, const PreparedSample& prepared) {
  if (plan.n_targets == 0) return prepared.tokens() + static_cast<int64_t>(plan.n_continuation);
  int64_t last = plan.targets[plan.n_targets - 1].row;
  for (const oc_merged_probe* probe : std::span(plan.probes, plan.n_probes)) {
    if (probe->n_rows > 0) last = std::max(last, probe->rows[probe->n_rows - 1]);
  }
  return last + 1;
}

int64_t lowest_gradient(const oc_gradient_plan& plan, int64_t layers) {
  int64_t lowest = layers + 1;
  for (const oc_merged_probe* probe : std::span(plan.probes, plan.n_probes)) {
    if (probe->n_layers > 0) lowest = std::min(lowest, probe->layers[0]);
  }
  return lowest;
}

GradientSchedule::GradientSchedule(const TextConfig& text, ComputeType type, Device device,
                                   const PreparedSample& prepared, const oc_gradient_plan& plan,
                                   const TowerMemory& tower) {
  // Rows that are worth computing together: a CPU is busy with few, and keeps them near.
  const int64_t rows_at_once = device.cuda ? 16384 : 512;
  constexpr uint64_t liked_memory = uint64_t{4} << 30;

  const int64_t item = item_size(type), floats = sizeof(float), tokens = gradient_length(plan, prepared);
  const int64_t queries = text.heads * text.head_dim, keys = text.kv_heads * text.head_dim;
  // Of one row: what enters a layer; what is kept of the way through it; and what the way back needs beside, which is
  // the residual stream's gradient before and after with a norm's, and the MLP's inner gradients.
  const int64_t entering = text.hidden_size * item;
  const int64_t trace = (2 * queries + 2 * keys + text.hidden_size + 2 * text.intermediate_size) * item;
  const int64_t back = 6 * text.hidden_size * floats + (4 * text.intermediate_size + 4 * queries) * item;
  const auto reads_attention = [](const oc_merged_probe* probe) {
    return std::string_view(probe->kind) == OC_PROBE_ATTENTION_GRADIENT;
  };
  uint64_t attention = attention_gradient_bytes(text.heads, text.kv_heads, tokens, text.head_dim, item);
  if (std::any_of(plan.probes, plan.probes + plan.n_probes, reads_attention))
    attention += read_gradient_bytes(text.heads, tokens);
  const auto logits =
      static_cast<uint64_t>(plan.score == OC_SCORE_LOGIT ? 0 : 3 * gradient_logit_rows * text.vocabulary * floats);
  const auto least = [&](int64_t draws) {
    const auto count = static_cast<uint64_t>(draws);
    const uint64_t rows = count * static_cast<uint64_t>(tokens);
    const uint64_t decoder = rows * static_cast<uint64_t>((text.layers + 1) * entering + trace + back);
    return std::max(count * tower.pass + tower.attention_buffers, decoder + attention + logits) +
           2 * count * prepared.pixels().size_bytes();
  };
  draws_at_once = std::clamp<int64_t>(rows_at_once / std::max<int64_t>(1, tokens), 1,
                                      std::max<int64_t>(1, static_cast<int64_t>(plan.n_draws)));
  if (plan.memory > 0 && least(draws_at_once) > plan.memory) draws_at_once = 1;
  const uint64_t memory = plan.memory > 0 ? plan.memory : liked_memory;
  const uint64_t needed = least(draws_at_once), of_layer = static_cast<uint64_t>(draws_at_once * tokens * trace);
  const uint64_t affordable = needed < memory ? (memory - needed) / std::max<uint64_t>(1, of_layer) : 0;
  const int64_t to_go_back = std::max<int64_t>(0, text.layers - lowest_gradient(plan, text.layers));
  kept_layers = static_cast<int64_t>(std::min<uint64_t>(affordable, static_cast<uint64_t>(to_go_back)));
  bytes = needed + static_cast<uint64_t>(kept_layers) * of_layer;
}

}  // namespace ocellus::models
