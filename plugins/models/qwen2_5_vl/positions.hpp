// Three-dimensional rotary positions (M-RoPE) of the prompt.
#pragma once

#include <cstdint>
#include <span>

#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/qwen2_5_vl/patch_grid.hpp"
#include "plugins/models/qwen2_5_vl/prompt.hpp"

namespace ocellus::qwen2_5_vl {

using models::Positions;

// [3, tokens]: time, height, width. Text advances by one on all axes; an image's tokens count rows and columns from
// where it begins, and what follows it continues after the largest of them.
Positions rotary_positions(const Prompt& prompt, std::span<const PatchGrid> grids, int64_t merge_size);

}  // namespace ocellus::qwen2_5_vl
