// What a run prints: results on stdout (text, or JSON Lines), progress and failures on stderr.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/cli/answer_stream.hpp"
#include "host/cli/progress.hpp"
#include "host/run/run_loop.hpp"

namespace ocellus::cli {

class Report : public run::Listener {
 public:
  // `stream`: answers are written to stderr while they are generated.
  Report(std::filesystem::path out, bool json, Progress::Style progress, bool stream = false)
      : out_(std::move(out)), json_(json), progress_(progress, Progress::of_this_process()) {
    if (stream) stream_.emplace(stderr);
  }

  // For what else is written to stderr meanwhile.
  Progress& progress() { return progress_; }

  void began(const run::Shard& shard, size_t count, size_t of) override;
  void planned(const run::Sample& sample, const run::PlanSummary& plan) override;
  void started(size_t index, size_t count, const run::Sample& sample) override;
  void kept(size_t index, size_t count, const run::Sample& sample) override;
  void step(size_t n_tokens, std::string_view bytes) override;
  void finished(const run::Sample& sample, const run::SampleResult& result,
                const nlohmann::ordered_json& record) override;
  void failed(const run::Sample& sample, const std::string& sentence) override;

  // Files that show results over all samples.
  void collected(const std::vector<std::filesystem::path>& files);

  // After the last sample: every one that failed, with its reason; of many the first ones, and where the others are.
  void failures(const run::RunSummary& summary);

  // After the last sample; says nothing where no boxes are known.
  void pointing(const run::PointingTable& table);

 protected:
  bool json() const { return json_; }

 private:
  std::filesystem::path out_;
  run::Shard shard_;
  bool json_;
  Progress progress_;
  std::optional<AnswerStream> stream_;
};

// "1.5 MiB"
std::string human_bytes(uint64_t bytes);

}  // namespace ocellus::cli
