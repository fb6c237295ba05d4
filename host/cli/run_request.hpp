// What `run`, `rank` and `sanity` share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/cli/report.hpp"
#include "host/cli/verbs.hpp"

namespace ocellus::cli {

Progress::Style progress_of(const CommandLine& line);

// What a verb does behind a run, a dry one too: given the request as it was run, the folders of the finished samples in
// their order, and the summary, which it may add to.
using AfterRun = std::function<void(const run::Request& request, registry::Registry& registry, media::Decoder& decoder,
                                    const std::vector<std::string>& finished, run::RunSummary& summary)>;

// Runs what `line` asks for, results over all samples included; `report` tells of it. The exit code.
int run_request(const CommandLine& line, const Paths& paths, Report& report, const AfterRun& after = {});

}  // namespace ocellus::cli
