// What the tower needs beside its weights, at most. Free of libtorch.
#pragma once

#include <cstdint>

#include "plugins/models/common/decoder/memory.hpp"
#include "plugins/models/qavit/tower_config.hpp"

namespace ocellus::qavit {

models::TowerMemory tower_memory(const TowerConfig& config, models::ComputeType type, int64_t images,
                                 int64_t question_tokens);

// Of differentiate_features, which goes back through `blocks` blocks.
uint64_t gradient_bytes(const TowerConfig& config, models::ComputeType type, int64_t images, int64_t question_tokens,
                        int64_t blocks);

}  // namespace ocellus::qavit
