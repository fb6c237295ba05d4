#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

#include "host/cli/exit_code.hpp"
#include "host/cli/map_summary.hpp"
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
    for (const store::ArtifactData& artifact : result.artifacts) {
      for (const MapSummary& map : summarise_maps(artifact)) compare(sample, record, map);
    }
  }

  size_t maps() const { return maps_; }
  size_t hits() const { return hits_; }

 private:
  void compare(const run::Sample& sample, const nlohmann::ordered_json& record, const MapSummary& map) {
    const nlohmann::ordered_json& image = record["images"][0];
    const double x = (map.x0 + map.x1) / 2 * image["width"].get<double>(),
                 y = (map.y0 + map.y1) / 2 * image["height"].get<double>();
    for (const run::Box& box : sample.boxes) {
      const bool inside = x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1;
      ++maps_;
      hits_ += inside ? 1 : 0;
      if (json()) continue;
      fmt::print(
          "  hottest cell's centre ({:.0f}, {:.0f}) px is {} the known box of the {}: ({:.0f}, {:.0f}) to ({:.0f}, "
          "{:.0f})\n",
          x, y, inside ? "inside" : "OUTSIDE", box.label, box.x0, box.y0, box.x1, box.y1);
    }
  }
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
  DemoReport report(request.out, line.json, false);
  const run::RunSummary summary = run::run(request, registry, decoder, report);
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
