// What this family puts before the decoder, and what its plans may ask for.
#pragma once

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/decoder/memory.hpp"
#include "plugins/models/common/decoder/network.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/prepared_sample.hpp"

namespace ocellus::qwen2_5_vl {

models::ServedStacks served_stacks(const Config& config);

// The vision tower with its merger, of weights by the names of weight_table. Takes its pictures from a PreparedSample
// of this namespace.
models::Network::MakeTower image_tower(const Config& config);

models::TowerMemory tower_memory(const Config& config, models::ComputeType type, const PreparedSample& prepared);

}  // namespace ocellus::qwen2_5_vl
