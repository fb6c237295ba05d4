// The one run loop: samples in, artifacts and pictures out.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/registry/registry.hpp"
#include "host/run/plan_summary.hpp"
#include "host/run/request.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::run {

// Told as the loop goes; all on the calling thread.
struct Listener {
  virtual ~Listener() = default;
  virtual void began(const Shard& shard, size_t count, size_t of) = 0;      // a shard only: `count` of `of` samples
  virtual void planned(const Sample& sample, const PlanSummary& plan) = 0;  // --dry-run only
  virtual void started(size_t index, size_t count, const Sample& sample) = 0;
  virtual void kept(size_t index, size_t count, const Sample& sample) = 0;  // an earlier run finished it
  // One token was generated, which adds `bytes` to the answer; they may end within a character.
  virtual void step(size_t n_tokens, std::string_view bytes) = 0;
  virtual void finished(const Sample& sample, const SampleResult& result, const nlohmann::ordered_json& record) = 0;
  virtual void failed(const Sample& sample, const std::string& sentence) = 0;
};

struct Failure {
  std::string folder;  // of the sample
  std::string id;      // as the data set has it; empty without ids
  std::string sentence;
};

struct RunSummary {
  size_t done = 0;
  std::vector<Failure> failed;
  PointingTable pointing;  // empty unless boxes are known
};

// What follows the samples and belongs to the run: given OUT and the folders of the finished samples, in order. It is
// over when the run is called complete. Not called for a shard, whose samples are not all.
using AfterSamples = std::function<void(const std::filesystem::path& out, const std::vector<std::string>& finished)>;

// Throws Error for everything that is no single sample's fault.
RunSummary run(const Request& request, registry::Registry& registry, media::Decoder& decoder, Listener& listener,
               const AfterSamples& after_samples);

}  // namespace ocellus::run
