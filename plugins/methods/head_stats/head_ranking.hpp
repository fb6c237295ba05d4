// Which heads, and which layers, carry most; and which look unusual.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "plugins/methods/head_stats/head_records.hpp"

namespace ocellus::methods {

struct Ranked {
  int64_t layer, head;                            // places; head -1 = the whole layer
  std::array<double, quantities.size()> mean{};   // over samples, and heads of a layer
  std::array<int64_t, quantities.size()> rank{};  // 1 = the largest mean; equal means are ranked as they stand
  std::string flags;                              // "", "both_low", "extreme" or "both_low+extreme"
};

// Heads (or layers, each over its heads), the largest mean T2V first. Flags, after the LLaVA head study: both_low =
// mean T2V and mean V2T are at most `low`; extreme = every T2V and every V2T lies within `low` of 0 or of 1.
std::vector<Ranked> rank_heads(const HeadRecords& records, double low);
std::vector<Ranked> rank_layers(const HeadRecords& records, double low);

}  // namespace ocellus::methods
