// A picture as the rows that the patch embedding of Qwen2-VL and its successors multiplies.
#pragma once

#include <cstdint>
#include <span>

#include "plugins/models/common/image/processor_config.hpp"
#include "plugins/models/common/image/size.hpp"

namespace ocellus::models {

// The size a picture is resized to: smart_resize, or its own where the processor does not resize. Throws
// Error(OC_E_SAMPLE) as smart_resize does, and if an unresized picture does not split into whole merged blocks.
Size processed_size(Size picture, const QwenImageProcessor& processor);

// Patches along the sides of a processed picture: [gh, gw].
Size patch_grid(Size processed, const QwenImageProcessor& processor);

// Values in one row: 3 * temporal_patch_size * patch_size².
std::int64_t patch_width(const QwenImageProcessor& processor);

// Rescales, normalises and cuts up one picture, rgb [height, width, 3] of a processed size, into rows
// [gh * gw, patch_width]. Rows follow merged blocks in raster order and, within a block, its patches in raster order;
// columns are (channel, frame, y, x), and all frames of a still picture are equal. Arithmetic as numpy's in the slow
// class of transformers: x = float(double(u8) * rescale_factor), then (x - mean) / deviation in float. Throws
// Error(OC_E_INTERNAL) if a length does not fit.
void write_patches(std::span<const std::uint8_t> rgb, Size processed, const QwenImageProcessor& processor,
                   std::span<float> rows);

}  // namespace ocellus::models
