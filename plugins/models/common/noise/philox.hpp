// Random numbers by counting: each is a function of key and counter alone, so that it does not matter who draws it,
// when and beside which others.
#pragma once

#include <array>
#include <cstdint>

namespace ocellus::models {

// Philox4x32 with ten rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

}  // namespace ocellus::models
