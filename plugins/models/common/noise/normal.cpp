#include "plugins/models/common/noise/normal.hpp"

#include <cmath>
#include <numbers>

#include "plugins/models/common/noise/philox.hpp"

namespace ocellus::models {

std::array<float, normals_of_block> normal_block(uint64_t seed, uint32_t draw, uint64_t block) {
  const auto low = [](uint64_t word) { return static_cast<uint32_t>(word); };
  const std::array<uint32_t, 4> words =
      philox4x32({low(block), low(block >> 32), draw, 0}, {low(seed), low(seed >> 32)});
  std::array<float, normals_of_block> values{};
  for (size_t pair = 0; pair < 2; ++pair) {
    const auto uniform = [](uint32_t word) { return (static_cast<double>(word) + 0.5) / 4294967296.0; };
    const double radius = std::sqrt(-2 * std::log(uniform(words[2 * pair])));
    const double angle = 2 * std::numbers::pi * uniform(words[2 * pair + 1]);
    values[2 * pair] = static_cast<float>(radius * std::cos(angle));
    values[2 * pair + 1] = static_cast<float>(radius * std::sin(angle));
  }
  return values;
}

}  // namespace ocellus::models
