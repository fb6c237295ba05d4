// From the shards of a run to the run: `ocellus merge`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/registry/registry.hpp"
#include "host/run/run_loop.hpp"

namespace ocellus::shards {

// A shard that is not over.
struct Unfinished {
  run::Shard shard;
  bool begun = false;
  std::vector<std::pair<std::string, std::string>> missing;  // folder and id of the samples that are not there
};

struct Joined {
  std::vector<Unfinished> unfinished;  // not empty: nothing was joined
  size_t n_samples = 0;
  run::RunSummary summary;
  std::vector<std::filesystem::path> pictures;  // of results over all samples
  std::vector<std::string> differing_facts;     // in which the shards computed differently: "threads", ...
};

// Joins the shards that `outs` hold in `out`, which may be one of them: copies the samples that are elsewhere, runs the
// collection stage, and writes run.json, complete last. What is there afterwards equals, byte for byte, what a run in
// one piece leaves, but for run.json's timings, memory and list of shards, and the shards' own records beside it. Reads
// neither model nor data set. May be killed and done again. Throws what read_sources() throws, and what the collection
// stage and OutputFolder do.
Joined merge(const std::vector<std::filesystem::path>& outs, const std::filesystem::path& out,
             registry::Registry& registry, media::Decoder& decoder);

}  // namespace ocellus::shards
