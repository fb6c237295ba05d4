// curves: what becomes of an answer while cells are masked and revealed in the order of each map, beside the controls.
#include <fmt/format.h>

#include <ocellus/sdk.hpp>
#include <utility>

#include "plugins/renderers/common/chart_files.hpp"
#include "plugins/renderers/common/fonts.hpp"
#include "plugins/renderers/common/maps/captions.hpp"
#include "plugins/renderers/curves/charts.hpp"

namespace ocellus::curves {
namespace {

class Curves : public Renderer {
 public:
  struct Options : OptionSet {
    IntegerOption maps{*this, "maps", "8", "the most maps in one chart: those with the largest gaps", 1, 100};
    BoolOption title{*this, "title", "on", "write question and answer above the chart"};
    TextOption font{*this, "font", "", "a font family to write with; letters it lacks come from others"};
    WordsOption format{*this,
                       "format",
                       "png",
                       "the files to write",
                       {{"png", "pixels, without loss"},
                        {"jpg", "pixels, small"},
                        {"pdf", "lines and letters as vectors, for print"},
                        {"svg", "lines and letters as vectors, for the web and for editing"}}};
    IntegerOption dpi{*this, "dpi", "200", "pixels an inch", 50, 600};
    RealOption width{*this, "width", "8", "inches", 4, 20};
    RealOption height{*this, "height", "4.5", "inches", 3, 20};
  } options;

  void validate() {
    if (const std::string font = options.font.value(); !font.empty()) drawing::expect_font_family(font);
  }

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    for (const ArtifactView& artifact : artifacts) {
      drawing::ChartSpec spec =
          chart_of(curves_of(artifact), artifact.text("value"), static_cast<size_t>(options.maps.value()));
      if (options.title.value()) put_titles(run, artifact, spec);
      spec.width_inches = options.width.value();
      spec.height_inches = options.height.value();
      spec.dpi = static_cast<double>(options.dpi.value());
      spec.font = options.font.value();
      drawing::write_chart(std::move(spec), options.format.value(), [&](const char* extension, const auto& write) {
        run.output(artifact, -1, "", extension, write);
      });
    }
  }

 private:
  static void put_titles(const Run& run, const ArtifactView& artifact, drawing::ChartSpec& spec) {
    std::string what = maps::joined_facts(maps::title_of(run));
    std::string how;
    if (run.is_collection()) {
      const auto samples = static_cast<int64_t>(artifact.number("samples", 0));
      what = run.source_of(artifact, "model");
      how = fmt::format("means over {} sample{}; bands: one standard error", samples, samples == 1 ? "" : "s");
    } else {
      how = fmt::format("the picture as it is: {:.3f}; fill: {}", artifact.number("clean", 0), artifact.text("fill"));
    }
    spec.title = what;
    spec.subtitle = spec.subtitle.empty() ? how : maps::joined_facts({how, spec.subtitle});
  }
};

}  // namespace
}  // namespace ocellus::curves

OCELLUS_RENDERER(ocellus::curves::Curves, {"org.ocellus.curves", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "curves",
                  .summary = "how an answer hangs on what maps call important, cell by cell, beside controls",
                  .accepts = {"curves/1"},
                  .produces = {"png", "jpg", "pdf", "svg"}})
