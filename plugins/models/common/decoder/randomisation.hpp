// Which layers of a network forget what they have learned: the top ones, from the last down. Free of libtorch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocellus::models {

struct Randomisation {
  std::string prefix;  // of the layers' weights, before their number: "model.layers."
  int64_t layers = 0;  // that there are
  int64_t top = 0;     // that are randomised, counted from the last; 0 = none
  uint64_t seed = 0;

  // What the numbers of the weight of this name are drawn with, another for each name; none for a weight that stays.
  std::optional<uint64_t> seed_of(std::string_view weight) const;

  // "the last 2 of 4 layers, seed 0"
  std::string description() const;
};

// What a user says of it.
struct Randomise {
  static constexpr int64_t all = -1, too_many = 1'000'000'000;

  int64_t top = 0;
  uint64_t seed = 0;

  // Throws Error(OC_E_UNSUPPORTED) if there are not so many layers.
  Randomisation of(std::string prefix, int64_t layers) const;
};

}  // namespace ocellus::models
