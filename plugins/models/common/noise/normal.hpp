// Standard normal numbers by counting.
#pragma once

#include <array>
#include <cstdint>

namespace ocellus::models {

constexpr uint64_t normals_of_block = 4;

// Numbers 4 * block to 4 * block + 3 of draw `draw`, by Box and Muller's transform of Philox' words.
std::array<float, normals_of_block> normal_block(uint64_t seed, uint32_t draw, uint64_t block);

}  // namespace ocellus::models
