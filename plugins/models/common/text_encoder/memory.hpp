// What an encoder of text needs, at most. Free of libtorch.
#pragma once

#include <cstdint>

#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/text_encoder/config.hpp"

namespace ocellus::models {

// Bytes of the weights as they are held.
uint64_t text_encoder_weight_bytes(const TextEncoderConfig& config, ComputeType type);

// Bytes beside the weights, for one sequence of this many tokens.
uint64_t text_encoder_activation_bytes(const TextEncoderConfig& config, ComputeType type, int64_t tokens);

}  // namespace ocellus::models
