#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include "host/cli/exit_code.hpp"
#include "host/cli/faithfulness_report.hpp"
#include "host/cli/knockout_report.hpp"
#include "host/cli/one_line.hpp"
#include "host/cli/ranking_report.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verbs.hpp"
#include "host/media/decoder.hpp"
#include "host/shards/merge.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

const char* state_of(const shards::Unfinished& shard) {
  if (!shard.begun) return "has not begun";
  return shard.missing.empty() ? "was stopped before its end, behind its last sample" : "is not finished";
}

// Every sample that is not there, by shard.
void print_missing(const shards::Joined& joined, bool json) {
  size_t missing = 0;
  std::vector<std::string> again;
  for (const shards::Unfinished& shard : joined.unfinished) {
    again.push_back(shard.shard.name());
    missing += shard.missing.size();
    fmt::print(stderr, "shard {} {}{}\n", shard.shard.name(), state_of(shard), shard.missing.empty() ? "" : ":");
    for (const auto& [folder, id] : shard.missing) {
      fmt::print(stderr, "  {}\n", one_line(id.empty() ? folder : id));
      if (json)
        fmt::print("{}\n",
                   store::json_line({{"sample", folder}, {"status", "missing"}, {"shard", shard.shard.name()}}));
    }
  }
  fmt::print(stderr, "{} of {} samples are missing: start shard{} {} again, then merge\n", missing, joined.n_samples,
             again.size() == 1 ? "" : "s", fmt::join(again, ", "));
}

}  // namespace

int merge_verb(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = open_registry(line, paths);
  media::Decoder decoder(paths.media);
  const std::filesystem::path& out = line.request.out;
  const shards::Joined joined = shards::merge(line.outs, out, registry, decoder);
  if (!joined.unfinished.empty()) {
    print_missing(joined, line.json);
    return exit_some_failed;
  }
  if (!joined.differing_facts.empty()) {
    spdlog::warn(
        "the shards computed with different {}, so the last digits may differ from those of a run in one piece",
        fmt::join(joined.differing_facts, ", "));
  }
  Report report(out, line.json, Progress::Style::none);
  report.collected(joined.pictures);
  report.pointing(joined.summary.pointing);
  print_rankings(out, line.json);
  print_faithfulness(out, line.json);
  print_knockouts(out, line.json);
  report.failures(joined.summary);
  if (!line.quiet) fmt::print(stderr, "{}: {} samples joined\n", out.string(), joined.n_samples);
  return joined.summary.failed.empty() ? exit_ok : exit_some_failed;
}

}  // namespace ocellus::cli
