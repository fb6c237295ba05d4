#include "host/cli/run_request.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "host/cli/config_file.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/faithfulness_report.hpp"
#include "host/cli/knockout_report.hpp"
#include "host/cli/ranking_report.hpp"
#include "host/collection/stage.hpp"
#include "host/media/decoder.hpp"
#include "host/shards/launcher.hpp"

namespace ocellus::cli {

namespace {

using Sinks = std::vector<spdlog::sink_ptr>;

// Writes messages while the bar is off its line.
class AsideSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  AsideSink(Progress& progress, Sinks sinks) : progress_(progress), sinks_(std::move(sinks)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    progress_.aside([&] {
      for (const spdlog::sink_ptr& behind : sinks_) behind->log(message);
    });
  }
  void flush_() override {
    for (const spdlog::sink_ptr& behind : sinks_) behind->flush();
  }

  Progress& progress_;
  Sinks sinks_;
};

// As long as this lives, messages and the bar keep apart.
class BarBelowLog {
 public:
  explicit BarBelowLog(Progress& progress) : log_(spdlog::default_logger()), sinks_(log_->sinks()) {
    log_->sinks() = {std::make_shared<AsideSink>(progress, sinks_)};
  }
  ~BarBelowLog() { log_->sinks() = sinks_; }
  BarBelowLog(const BarBelowLog&) = delete;
  BarBelowLog& operator=(const BarBelowLog&) = delete;

 private:
  std::shared_ptr<spdlog::logger> log_;
  Sinks sinks_;
};

// Processes that a launcher started beside each other on this host take their part of its processors each. For OpenMP
// runtimes that plugins bring, which read it when they are loaded; whoever set it already is obeyed.
void leave_processors_to_others() {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  if (std::getenv("OMP_NUM_THREADS") != nullptr || ::sched_getaffinity(0, sizeof usable, &usable) != 0) return;
  const auto threads = shards::threads_of_launcher(std::getenv, static_cast<uint64_t>(::sysconf(_SC_NPROCESSORS_ONLN)),
                                                   static_cast<uint64_t>(CPU_COUNT(&usable)));
  if (threads) ::setenv("OMP_NUM_THREADS", std::to_string(*threads).c_str(), 1);
}

}  // namespace

registry::Registry open_registry(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = registry::Registry::open({line.plugin_path, paths.program});
  for (const std::string& warning : registry.warnings()) spdlog::warn("{}", warning);
  return registry;
}

Progress::Style progress_of(const CommandLine& line) {
  // Under an answer that is being written there is no place for a bar.
  return line.quiet ? Progress::Style::none : Progress::style_of(line.progress, Progress::can_redraw() && !line.stream);
}

int run_request(const CommandLine& line, const Paths& paths, Report& report, const AfterRun& after) {
  run::Request request = line.request;
  if (request.shard.origin.empty() && !request.sanity) request.shard = shards::shard_of_launcher(std::getenv);
  if (request.threads == 0) leave_processors_to_others();
  for (const std::string& note : line.notes) spdlog::warn("{}", note);
  registry::Registry registry = open_registry(line, paths);
  media::Decoder decoder(paths.media);
  const BarBelowLog bar_below_log(report.progress());
  request.config = config_text(request, line.plugin_path);
  std::vector<std::string> finished;
  run::RunSummary summary = run::run(request, registry, decoder, report,
                                     [&](const std::filesystem::path& out, const std::vector<std::string>& folders) {
                                       finished = folders;
                                       report.collected(collection::conclude(out, folders, registry, decoder));
                                     });
  if (request.shard.is_whole()) report.pointing(summary.pointing);
  if (request.shard.is_whole() && request.faithfulness && !request.dry_run) print_faithfulness(request.out, line.json);
  if (request.shard.is_whole() && !request.knockouts.empty() && !request.dry_run)
    print_knockouts(request.out, line.json);
  if (request.shard.is_whole() && !request.dry_run && summary.done > 0) print_rankings(request.out, line.json);
  if (after) after(request, registry, decoder, finished, summary);
  report.failures(summary);
  if (!request.shard.is_whole() && !line.quiet && !request.dry_run) {
    fmt::print(stderr, "shard {} is over; once all are, `ocellus merge {}` joins them\n", request.shard.name(),
               request.out.string());
  }
  // mpirun and torchrun stop every process when one ends with an error, but a failed sample must stop no other: of
  // launched shards, `merge` tells.
  if (!request.shard.is_whole() && shards::is_launched(std::getenv)) return exit_ok;
  return summary.failed.empty() ? exit_ok : exit_some_failed;
}

}  // namespace ocellus::cli
