#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <memory>
#include <mutex>

#include "host/cli/config_file.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verbs.hpp"
#include "host/media/decoder.hpp"

namespace ocellus::cli {

namespace {

// Messages take the bar off the line before they are written, as long as this lives.
class BarBelowLog {
 public:
  explicit BarBelowLog(Report& report) : log_(spdlog::default_logger()) {
    struct Room : spdlog::sinks::base_sink<std::mutex> {
      explicit Room(Report& of) : report(of) {}
      void sink_it_(const spdlog::details::log_msg&) override { report.make_room(); }
      void flush_() override {}
      Report& report;
    };
    log_->sinks().insert(log_->sinks().begin(), std::make_shared<Room>(report));
  }
  ~BarBelowLog() { log_->sinks().erase(log_->sinks().begin()); }
  BarBelowLog(const BarBelowLog&) = delete;
  BarBelowLog& operator=(const BarBelowLog&) = delete;

 private:
  std::shared_ptr<spdlog::logger> log_;
};

}  // namespace

registry::Registry open_registry(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = registry::Registry::open({line.plugin_path, paths.program});
  for (const std::string& warning : registry.warnings()) spdlog::warn("{}", warning);
  return registry;
}

int run_verb(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = open_registry(line, paths);
  media::Decoder decoder(paths.media);
  const Progress::Style progress =
      line.quiet ? Progress::Style::none : Progress::style_of(line.progress, ::isatty(STDERR_FILENO) == 1);
  Report report(line.request.out, line.json, progress);
  const BarBelowLog bar_below_log(report);
  run::Request request = line.request;
  request.config = config_text(request);
  const run::RunSummary summary = run::run(request, registry, decoder, report);
  report.pointing(summary.pointing);
  if (summary.failed.empty()) return exit_ok;
  fmt::print(stderr, "{} of {} samples failed\n", summary.failed.size(), summary.failed.size() + summary.done);
  return exit_some_failed;
}

}  // namespace ocellus::cli
