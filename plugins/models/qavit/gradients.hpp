// What a question changes in a sample's image features, and its gradients: there through the tower, with the question
// and without it, and once back.
#pragma once

#include <ATen/core/Tensor.h>
#include <ocellus/abi/model.h>

#include <ocellus/sdk/model.hpp>

#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/qavit/config.hpp"
#include "plugins/models/qavit/prepared_sample.hpp"
#include "plugins/models/qavit/tower.hpp"

namespace ocellus::qavit {

// See oc_gradients_1.execute, for a plan that check_gradient_plan has passed. The target is
//
//   S = 1/2 || F(question) - F(without) ||^2
//
// over the patches of all images after Config::feature_blocks blocks; F(without) is what the same weights make of them
// as plain CLIP's blocks, a constant. `x` is what enters block 0 (Tower::embed), and `question` the states of the
// question's encoder, undefined for a plain CLIP. Holds what enters each block that is gone back through, and of the
// blocks themselves one at a time.
void differentiate_features(const Tower& tower, const Config& config, const PreparedSample& prepared,
                            const at::Tensor& x, const at::Tensor& question, models::BlockedAttention& attention,
                            const oc_gradient_plan& plan, const Sink& sink);

}  // namespace ocellus::qavit
