#include "host/cli/report.hpp"
#include "host/cli/run_request.hpp"
#include "host/cli/verbs.hpp"

namespace ocellus::cli {
namespace {

// Pairs of query and candidate are many, and what is wanted of them is their order.
class RankReport : public Report {
 public:
  using Report::Report;

  void finished(const run::Sample&, const run::SampleResult&, const nlohmann::ordered_json&) override {
    progress().clear();
    progress().finished();
  }
};

}  // namespace

int rank_verb(const CommandLine& line, const Paths& paths) {
  RankReport report(line.request.out, line.json, progress_of(line), line.stream);
  return run_request(line, paths, report);
}

}  // namespace ocellus::cli
