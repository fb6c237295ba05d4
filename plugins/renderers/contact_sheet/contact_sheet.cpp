// contact-sheet: the candidates of a query side by side, best first, with their scores and, where there are such, the
// maps of what the model looked at.
#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk.hpp>
#include <optional>

#include "plugins/renderers/common/maps/captions.hpp"
#include "plugins/renderers/common/maps/figure_files.hpp"
#include "plugins/renderers/common/maps/map_options.hpp"
#include "plugins/renderers/contact_sheet/candidates.hpp"
#include "plugins/renderers/contact_sheet/sheets.hpp"
#include "plugins/renderers/grid/grid_figure.hpp"

namespace ocellus::contact_sheet {
namespace {

class ContactSheet : public Renderer {
 public:
  struct Options : maps::MapOptions {
    Options() : MapOptions("150") {}
    IntegerOption top{*this, "top", "10", "so many of the best candidates are shown", 1, 1000};
    IntegerOption columns{*this, "columns", "5", "cells side by side, at most", 1, 100};
    RealOption cell{*this, "cell", "2.5", "inches of the longer side of a cell's picture", 0.2, 20};
    ChoiceOption scale{
        *this,
        "scale",
        "own",
        "the values that take the first and the last colour, where vmin and vmax do not say",
        {{"own", "minimum and maximum of each map"}, {"shared", "minimum and maximum over all maps of the sheet"}}};
  } options;

  void validate() {
    options.check();
    files_.emplace(options);
  }

  void render(const Run& run, const std::vector<ArtifactView>&) override {
    if (run.n_samples() == 0) return;  // one sample alone is no sheet
    const std::vector<Candidate> candidates = candidates_of(run);
    for (const Sheet& sheet : sheets_of(candidates, static_cast<size_t>(options.top.value())))
      draw(run, candidates, sheet);
  }

 private:
  static const CandidateMap* map_of(const std::vector<Candidate>& candidates, const Shown& shown) {
    return shown.map ? &candidates[shown.candidate].maps[*shown.map] : nullptr;
  }

  void draw(const Run& run, const std::vector<Candidate>& candidates, const Sheet& sheet) {
    grid::GridSpec spec = spec_of(candidates, sheet);
    const auto visit = [&](size_t place, const std::function<void(const drawing::MapView&)>& use) {
      const Shown& shown = sheet.best_first[place];
      const Candidate& candidate = candidates[shown.candidate];
      run.with_sample(candidate.sample, [&](const Run& sample, const std::vector<ArtifactView>& artifacts) {
        const CandidateMap* map = map_of(candidates, shown);
        if (map == nullptr) return use(picture_alone(sample, candidate));
        const ArtifactView& artifact = artifacts.at(map->artifact);
        use(options.view_of(sample, artifact, maps::maps_of(artifact).at(map->place)));
      });
    };
    const auto draw_for = [&](drawing::Medium medium) {
      spec.medium = medium;
      return std::move(draw_grid(spec, visit).canvas);
    };
    // The file is named after what the best candidate shows.
    const Shown& best = sheet.best_first.front();
    const CandidateMap* map = map_of(candidates, best);
    const size_t artifact = map == nullptr ? candidates[best.candidate].artifact : map->artifact;
    files_->write(run, draw_for, [&](const char* extension, const auto& write) {
      run.with_sample(candidates[best.candidate].sample, [&](const Run&, const std::vector<ArtifactView>& artifacts) {
        run.output(artifacts.at(artifact), map == nullptr ? -1 : map->file_layer, sheet.part.c_str(), extension, write);
      });
    });
  }

  static drawing::MapView picture_alone(const Run& sample, const Candidate& candidate) {
    const oc_image picture = sample.picture(candidate.image);
    drawing::MapView view;
    view.source = {{picture.rgb, size_t{picture.width} * picture.height * 3},
                   static_cast<int>(picture.width),
                   static_cast<int>(picture.height)};
    view.degenerate = "there is no map";  // none is read
    return view;
  }

  grid::GridSpec spec_of(const std::vector<Candidate>& candidates, const Sheet& sheet) const {
    grid::GridSpec spec;
    const Candidate& best = candidates[sheet.best_first.front().candidate];
    const std::optional<drawing::ValueRange> shared = shared_range(candidates, sheet);
    for (size_t place = 0; place < sheet.best_first.size(); ++place) {
      const Shown& shown = sheet.best_first[place];
      const Candidate& candidate = candidates[shown.candidate];
      const CandidateMap* map = map_of(candidates, shown);
      grid::GridMap& cell = spec.maps.emplace_back();
      cell.width = candidate.width;
      cell.height = candidate.height;
      cell.title = fmt::format("{}. {}", place + 1, candidate.file);
      cell.notes = {numbers_of(candidate)};
      cell.has_colours = map != nullptr && map->degenerate.empty();
      if (cell.has_colours)
        cell.range = drawing::colour_range(shared.value_or(map->range), options.low(), options.high());
      if (place % static_cast<size_t>(options.columns.value()) == 0) spec.rows.emplace_back();
      spec.rows.back().push_back({map == nullptr ? grid::Show::source : grid::Show::overlay, place});
      if (map != nullptr && !map->degenerate.empty())
        spec.warnings.push_back(fmt::format("{}: {}", cell.title, map->degenerate));
    }
    if (options.title.value()) spec.title = title_of(best);
    spec.subtitle = subtitle_of(candidates, sheet);
    spec.bars = shared ? grid::Bars::one : grid::Bars::none;
    if (has_maps(candidates, sheet))
      spec.remarks = {shared ? "all maps have the same colours"
                             : "each map has its own colours, linear from its minimum to its maximum"};
    spec.colormap = &options.colours();
    spec.interpolation = options.sampling();
    spec.alpha = options.alpha.value();
    spec.cell_inches = options.cell.value();
    spec.dpi = static_cast<double>(options.dpi.value());
    spec.font = options.font.value();
    return spec;
  }

  static std::vector<std::string> title_of(const Candidate& candidate) {
    if (!candidate.question.empty()) return {candidate.question};
    return candidate.query.empty() ? std::vector<std::string>{} : std::vector<std::string>{candidate.query};
  }

  std::string subtitle_of(const std::vector<Candidate>& candidates, const Sheet& sheet) const {
    const Shown& best = sheet.best_first.front();
    std::vector<std::string> facts{candidates[best.candidate].label};
    if (const CandidateMap* map = map_of(candidates, best)) {
      facts.push_back(map->label);
      facts.insert(facts.end(), map->facts.begin(), map->facts.end());
    }
    facts.push_back(fmt::format("{} of {} candidates", sheet.best_first.size(), sheet.n_candidates));
    return maps::joined_facts(facts);
  }

  static std::string numbers_of(const Candidate& candidate) {
    std::vector<std::string> words;
    for (const auto& [name, value] : candidate.numbers) words.push_back(fmt::format("{} {:.4g}", name, value));
    return maps::joined_facts(words);
  }

  static bool has_maps(const std::vector<Candidate>& candidates, const Sheet& sheet) {
    return std::any_of(sheet.best_first.begin(), sheet.best_first.end(),
                       [&](const Shown& shown) { return map_of(candidates, shown) != nullptr; });
  }

  std::optional<drawing::ValueRange> shared_range(const std::vector<Candidate>& candidates, const Sheet& sheet) const {
    if (options.scale.value() != "shared") return std::nullopt;
    std::optional<drawing::ValueRange> range;
    for (const Shown& shown : sheet.best_first) {
      const CandidateMap* map = map_of(candidates, shown);
      if (map == nullptr || !map->degenerate.empty()) continue;
      range = drawing::united(range.value_or(map->range), map->range);
    }
    return range;
  }

  std::optional<maps::FigureFiles> files_;  // once the options are bound
};

}  // namespace
}  // namespace ocellus::contact_sheet

OCELLUS_RENDERER(ocellus::contact_sheet::ContactSheet, {"org.ocellus.contact-sheet", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "contact-sheet",
                  .summary = "scored pictures side by side, best first, with their scores and maps",
                  .accepts = {"scores/1", "heatmap/1", "heatmap-stack/1", OC_ACCEPTS_SAMPLES},
                  .produces = {"png", "jpg", "pdf", "svg"}})
