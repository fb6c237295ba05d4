#include <spdlog/spdlog.h>

#include "host/cli/exit_code.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verbs.hpp"
#include "host/media/decoder.hpp"

namespace ocellus::cli {

registry::Registry open_registry(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = registry::Registry::open({line.plugin_path, paths.program});
  for (const std::string& warning : registry.warnings()) spdlog::warn("{}", warning);
  return registry;
}

int run_verb(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = open_registry(line, paths);
  media::Decoder decoder(paths.media);
  const bool progress = !line.quiet && line.progress != "none";
  Report report(line.request.out, line.json, progress);
  const run::RunSummary summary = run::run(line.request, registry, decoder, report);
  report.pointing(summary.pointing);
  if (summary.failed.empty()) return exit_ok;
  fmt::print(stderr, "{} of {} samples failed\n", summary.failed.size(), summary.failed.size() + summary.done);
  return exit_some_failed;
}

}  // namespace ocellus::cli
