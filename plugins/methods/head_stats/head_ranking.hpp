// Which heads, and which layers, carry most; and which look unusual.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/methods/head_stats/head_records.hpp"

namespace ocellus::methods {

struct Ranked {
  int64_t layer, head;        // places; head -1 = the whole layer
  std::vector<double> mean;   // of each quantity, over samples, and heads of a layer
  std::vector<int64_t> rank;  // 1 = the largest mean; equal means are ranked as they stand
  std::string flags;          // "", "both_low", "extreme" or "both_low+extreme"; "low" of a single quantity
};

// Heads (or layers, each over its heads), the largest mean of the first quantity first, which is T2V. Flags, after the
// LLaVA head study: both_low = mean T2V and mean V2T are at most `low`; extreme = every T2V and every V2T lies within
// `low` of 0 or of 1.
std::vector<Ranked> rank_heads(const HeadRecords& records, double low);
std::vector<Ranked> rank_layers(const HeadRecords& records, double low);

}  // namespace ocellus::methods
