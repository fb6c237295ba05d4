#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "host/cli/exit_code.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verbs.hpp"
#include "host/media/decoder.hpp"

namespace ocellus::cli {
namespace {

// Adds to the report of a run whether the hottest cell lies where the object of the question is known to be.
class DemoReport : public Report {
 public:
  using Report::Report;

  void finished(const run::Sample& sample, const run::SampleResult& result,
                const nlohmann::ordered_json& record) override {
    Report::finished(sample, result, record);
    for (const run::PointingScore& score : result.pointing) {
      const bool inside = score.pointing == 1;
      ++maps_;
      hits_ += inside ? 1 : 0;
      const auto box = std::find_if(sample.boxes.begin(), sample.boxes.end(),
                                    [&](const run::Box& of) { return of.image == score.image; });
      if (json() || box == sample.boxes.end()) continue;
      fmt::print("  the hottest cell is {} the known box of the {}: ({:.0f}, {:.0f}) to ({:.0f}, {:.0f})\n",
                 inside ? "inside" : "OUTSIDE", box->label, box->x0, box->y0, box->x1, box->y1);
    }
  }

  size_t maps() const { return maps_; }
  size_t hits() const { return hits_; }

 private:
  size_t maps_ = 0, hits_ = 0;
};

}  // namespace

int demo_verb(const CommandLine& line, const Paths& paths) {
  if (!std::filesystem::exists(paths.demo / "pictures.json")) {
    throw Error(OC_E_MODEL, fmt::format("the demo is not at {}: run it from the project's build, or install it",
                                        paths.demo.string()));
  }
  registry::Registry registry = open_registry(line, paths);
  media::Decoder decoder(paths.media);
  run::Request request = line.request;
  request.model = paths.demo / "qwen2_5_vl";
  request.dataset = paths.demo / "pictures.json";
  request.methods = {options::parse_spec("raw-attention:layers=3,query=answer:0")};
  request.renders = {options::parse_spec("overlay:boxes=on")};
  request.out = request.out.empty() ? "demo-output" : request.out;
  DemoReport report(request.out, line.json, Progress::Style::none);
  const run::RunSummary summary = run::run(request, registry, decoder, report, [](const auto&, const auto&) {});
  if (!line.json) {
    fmt::print(
        "The hottest cell lies in the known box in {} of {} pictures. Layer 3 of this small model was trained with "
        "such boxes,\n"
        "so this shows that grid, capture and picture are right, not that attention explains a model in general.\n"
        "Pictures: {}\n",
        report.hits(), report.maps(), std::filesystem::absolute(request.out / "samples").string());
  }
  return summary.failed.empty() ? exit_ok : exit_some_failed;
}

}  // namespace ocellus::cli
