// A share of a run: the samples that one of several processes takes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/run/sample.hpp"

namespace ocellus::run {

// Shard `index` of `count`; both count from 1, as in "2/5".
struct Shard {
  uint64_t index = 1, count = 1;
  std::string origin;  // who said so, for people; "" = nobody

  bool is_whole() const { return count == 1; }
  std::string name() const;  // "2/5"
};

constexpr uint64_t max_shards = 100'000;

// Throws Error(OC_E_OPTION) unless `text` is I/N with 1 <= I <= N <= max_shards.
Shard parse_shard(const std::string& text);

// Number of the shard that takes the samples of group `group`. Interleaved: data sets come sorted by category or by
// length, and blocks would give one shard all of a category or all of the slow samples. What is finished of all shards
// at any time is a fair part of the data set. Groups whole: a model looks at a picture once for all of its questions.
constexpr uint64_t shard_of(uint64_t group, uint64_t count) {
  return group % count + 1;
}

// Those of `samples`, in order, that are of `shard`; none where there are more shards than samples.
std::vector<Sample> share_of(std::vector<Sample> samples, const Shard& shard);

}  // namespace ocellus::run
