#include "host/cli/run_request.hpp"
#include "host/cli/verbs.hpp"

namespace ocellus::cli {

int run_verb(const CommandLine& line, const Paths& paths) {
  Report report(line.request.out, line.json, progress_of(line), line.stream);
  return run_request(line, paths, report);
}

}  // namespace ocellus::cli
