#include "plugins/models/qavit/gradient_plan.hpp"

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <string>
#include <string_view>

namespace ocellus::qavit {

void check_gradient_plan(const oc_gradient_plan& plan) {
  if (plan.of_features != 1)
    throw Error(OC_E_UNSUPPORTED,
                "a QA-ViT says nothing: its gradients are of what a question changes in its features");
  if (plan.n_draws != 1 || plan.draws[0] != nullptr)
    throw Error(OC_E_UNSUPPORTED, "qavit takes gradients of the clean input alone, not under noise");
  for (const oc_merged_probe* probe : std::span(plan.probes, plan.n_probes)) {
    const std::string_view kind = probe->kind, stack = probe->stack == nullptr ? "" : probe->stack;
    if ((kind != OC_PROBE_TARGET && kind != OC_PROBE_ATTENTION_GRADIENT) || stack != "vision")
      throw Error(OC_E_UNSUPPORTED, "qavit does not serve the probe " + std::string(kind) + "@" + std::string(stack));
  }
}

GradientBlocks gradient_blocks(const oc_gradient_plan& plan, const Config& config) {
  GradientBlocks blocks{config.feature_blocks, config.feature_blocks};
  for (const oc_merged_probe* probe : std::span(plan.probes, plan.n_probes)) {
    if (probe->n_layers == 0) continue;
    blocks.begin = std::min(blocks.begin, probe->layers[0]);
    blocks.end = std::max(blocks.end, probe->layers[probe->n_layers - 1] + 1);
  }
  return blocks;
}

}  // namespace ocellus::qavit
