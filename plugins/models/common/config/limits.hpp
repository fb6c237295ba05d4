// Bounds on what configuration files may ask for: far above any model of this kind, far below what could overflow a
// product of two.
#pragma once

#include <cstdint>

namespace ocellus::models {

inline constexpr int64_t most_features = 1 << 20;
inline constexpr int64_t most_layers = 1 << 10;
inline constexpr int64_t most_tokens = 1 << 24;

}  // namespace ocellus::models
