// What `run` and `rank` share.
#pragma once

#include "host/cli/report.hpp"
#include "host/cli/verbs.hpp"

namespace ocellus::cli {

Progress::Style progress_of(const CommandLine& line);

// Runs what `line` asks for, results over all samples included; `report` tells of it. The exit code.
int run_request(const CommandLine& line, const Paths& paths, Report& report);

}  // namespace ocellus::cli
