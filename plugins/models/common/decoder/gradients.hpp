// One sample on its way through the network and back: gradients of a target under draws of noise.
#pragma once

#include <ATen/core/Tensor.h>
#include <ocellus/abi/model.h>

#include <cstdint>
#include <functional>
#include <ocellus/sdk/model.hpp>
#include <span>

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::models {

// Throws Error(OC_E_UNSUPPORTED) for a probe that is not served.
void check_gradient_plan(const oc_gradient_plan& plan, const ServedStacks& served);

// How a plan is carried out, by its sizes alone.
struct GradientSchedule {
  int64_t draws_at_once;
  // Layers, from the top, of which the way there is kept for the way back. Of the others only what enters them is, and
  // the way there is gone again: the same operations on the same numbers.
  int64_t kept_layers;
  uint64_t bytes;  // beside weights and captures, at most

  // `tower_bytes` are those of the image tower for so many draws at once.
  GradientSchedule(const TextConfig& text, ComputeType type, Device device, const PreparedSample& prepared,
                   const oc_gradient_plan& plan, const std::function<uint64_t(int64_t draws)>& tower_bytes);
};

// The features of `draws` draws, whose pixel values lie one after another: [draws * PreparedSample::features,
// hidden_size].
using NoisyTower = std::function<at::Tensor(std::span<const float> pixel_values, int64_t draws)>;

// See oc_gradients_1.execute. Goes back to the lowest layer asked for, once for all layers; the tower is not gone back
// through.
void differentiate_sample(const NetworkParts& parts, const TextConfig& text, const PreparedSample& prepared,
                          const oc_gradient_plan& plan, const GradientSchedule& schedule, const Sink& sink,
                          const NoisyTower& tower);

}  // namespace ocellus::models
