// What the shards of one run wrote, read and held against each other before it is joined.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/run/manifest.hpp"

namespace ocellus::shards {

struct Part {
  std::filesystem::path out;  // where the shard's samples are
  run::Manifest manifest;
};

struct ListedSample {
  std::string folder, id;
  uint64_t group;
};

struct Sources {
  std::vector<std::optional<Part>> parts;  // by shard; empty = it has not begun
  nlohmann::ordered_json list;             // run::sample_list() of the request
  std::vector<ListedSample> samples;       // of `list`

  run::Shard shard(size_t part) const { return {part + 1, parts.size(), ""}; }
  // The place in `parts` of the one that has to run `sample`.
  size_t place_of(const ListedSample& sample) const { return run::shard_of(sample.group, parts.size()) - 1; }
  const std::optional<Part>& part_of(const ListedSample& sample) const { return parts[place_of(sample)]; }
  const Part& any() const;
};

// Of the shards in `outs`, at least one. Where two folders hold the same shard, the first that is over counts, else the
// first. Throws Error(OC_E_MODEL) for a folder without shards or with files that are none of this program's,
// Error(OC_E_OPTION), saying in what they differ, for shards of different runs.
Sources read_sources(const std::vector<std::filesystem::path>& outs);

}  // namespace ocellus::shards
