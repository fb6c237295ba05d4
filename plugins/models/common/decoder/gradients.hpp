// One sample on its way through the network and back: gradients of a target under draws of noise.
#pragma once

#include <ATen/core/Tensor.h>
#include <ocellus/abi/model.h>

#include <cstdint>
#include <functional>
#include <ocellus/sdk/model.hpp>
#include <span>

#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/decoder/gradient_schedule.hpp"
#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::models {

// The features of some draws, whose pixel values lie one after another: [draws * PreparedSample::features,
// hidden_size].
using NoisyTower = std::function<at::Tensor(std::span<const float> pixel_values)>;

// See oc_gradients_1.execute. Goes back to the lowest layer asked for, once for all layers; the tower is not gone back
// through.
void differentiate_sample(const NetworkParts& parts, const TextConfig& text, const PreparedSample& prepared,
                          const oc_gradient_plan& plan, const GradientSchedule& schedule, const Sink& sink,
                          const NoisyTower& tower);

}  // namespace ocellus::models
