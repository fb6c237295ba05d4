// What a run needs beside weights and captures, at most. Free of libtorch.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>

#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::models {

// Bytes of an image tower with its projector, for the pictures of one sample.
struct TowerMemory {
  uint64_t pass, attention_buffers;
};

// Bytes of tower and decoder, which run one after the other: the widest pass, the cache of keys and values, the
// attention's buffers, which are kept, and what is recorded of the prompt's first part for the next sample.
uint64_t activation_bytes(const TextConfig& text, ComputeType type, const PreparedSample& prepared,
                          const oc_merged_plan& plan, const TowerMemory& tower);

// Bytes of a layer's largest moment for one row: its MLP with `inner_products` of the inner width beside residual, norm
// and sum, or its attention with queries, keys and values before and after a rotation in `rotation_item` bytes.
int64_t layer_bytes_of_row(int64_t width, int64_t inner, int64_t item, int64_t rotation_item);

// See BlockedAttention::buffer_bytes.
uint64_t attention_buffer_bytes(int64_t heads, int64_t keys, ComputeType type);

}  // namespace ocellus::models
