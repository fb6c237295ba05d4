// What tells of a run as a whole: OUT/run.json, or, while shards share OUT, a record of each shard and the list of all
// samples.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/run/shard.hpp"

namespace ocellus::run {

// The name of a manifest under OUT: "run.json", "run.shard-2-of-5.json".
std::string manifest_name(const Shard& shard);

struct Manifest {
  std::filesystem::path file;
  Shard shard;
  nlohmann::ordered_json content;  // not an object if the file is none of ours

  // Has every sample of the shard been tried?
  bool is_over() const { return content.is_object() && content.contains("complete"); }
};

// Those in `out`: run.json first, then shards in the order of their numbers. None where no run is.
std::vector<Manifest> manifests_in(const std::filesystem::path& out);

// OUT/run.samples.json: all samples of a run in shards, so that those of a shard that never began can be named without
// the data set. Written by every shard, with the same bytes.
constexpr const char* sample_list_name = "run.samples.json";

// {sha256, samples: [{folder, id, group}]}; the hash is of everything that the request's files say of the samples.
nlohmann::ordered_json sample_list(const std::vector<Sample>& samples);

// What an OUT may hold only one of.
struct RunIdentity {
  nlohmann::ordered_json request;  // resolved
  Shard shard;
  nlohmann::ordered_json samples;  // sample_list(), for a shard
};

// The end of a manifest.
struct Results {
  size_t n_samples = 0;
  std::vector<std::string> finished, failed;  // folders, in the order of the samples
  double seconds = 0;
  nlohmann::ordered_json sample_timings = nlohmann::ordered_json::array();
  int64_t peak_memory_bytes = 0;
};
void put_results(nlohmann::ordered_json& manifest, const Results& results);

}  // namespace ocellus::run
