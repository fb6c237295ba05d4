// The options with which a user takes from a network what it has learned.
#pragma once

#include <cstdint>
#include <ocellus/sdk/options.hpp>
#include <string>

#include "plugins/models/common/decoder/randomisation.hpp"

namespace ocellus::models {

struct RandomiseOptions {
  explicit RandomiseOptions(OptionSet& set)
      : top(set, "randomise", "0",
            "the last K layers get random weights, each tensor with its own mean and standard deviation",
            {{"all", "every layer"}}),
        seed(set, "randomise-seed", "0", "what they are drawn with", 0, 999999) {}

  Randomise value() const {
    constexpr size_t most_digits = 9;
    const std::string written = top.value();
    const int64_t layers = !top.is_number()               ? Randomise::all
                           : written.size() > most_digits ? Randomise::too_many
                                                          : std::stoll(written);
    return {layers, static_cast<uint64_t>(seed.value())};
  }

  IndexOption top;
  IntegerOption seed;
};

}  // namespace ocellus::models
