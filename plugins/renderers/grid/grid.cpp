// grid: many maps in one figure, each in a cell: layers, heads, methods, questions, pictures or models side by side.
#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk.hpp>
#include <optional>
#include <utility>

#include "plugins/renderers/common/maps/captions.hpp"
#include "plugins/renderers/common/maps/figure_files.hpp"
#include "plugins/renderers/common/maps/map_options.hpp"
#include "plugins/renderers/grid/agreement.hpp"
#include "plugins/renderers/grid/arrangement.hpp"
#include "plugins/renderers/grid/figures.hpp"
#include "plugins/renderers/grid/grid_figure.hpp"
#include "plugins/renderers/grid/highlight.hpp"
#include "plugins/renderers/grid/map_facts.hpp"
#include "plugins/renderers/grid/titles.hpp"

namespace ocellus::grid {
namespace {

constexpr size_t kMostInRow = 24;  // questions; more go on below, so that the figure stays one that can be looked at

class Grid : public Renderer {
 public:
  struct Options : maps::MapOptions {
    Options() : MapOptions("150") {}
    ChoiceOption by{*this,
                    "by",
                    "layer",
                    "what differs from cell to cell; maps that differ in something else come in figures of their own",
                    {{"layer", "the layers of a method's maps"},
                     {"head", "the heads; raw-attention:heads=each makes maps of them"},
                     {"method", "all methods of a sample, with agreement"},
                     {"weights", "how smooth-gradcam weighs gradients"},
                     {"question", "the questions about a picture, over all samples"},
                     {"image", "the pictures that a question is about, over all samples"},
                     {"model", "the models of several runs: ocellus render OUT1 OUT2"}}};
    ChoiceOption style{*this,
                       "style",
                       "overlay",
                       "what a cell shows",
                       {{"heatmap", "the map"}, {"overlay", "the map over the source"}, {"both", "two cells a map"}}};
    ChoiceOption pairs{*this,
                       "pairs",
                       "above",
                       "where style=both puts the map",
                       {{"above", "above its overlay"}, {"beside", "beside its overlay"}}};
    ChoiceOption scale{
        *this,
        "scale",
        "own",
        "the values that take the first and the last colour, where vmin and vmax do not say",
        {{"own", "minimum and maximum of each map"}, {"shared", "minimum and maximum over all maps of the figure"}}};
    BoolOption bar{*this, "bar", "on", "a colour bar: one where all maps share a scale, else one a map"};
    IntegerOption columns{
        *this, "columns",
        "0",   "cells side by side, at most; 0 = 4, but with by=question,style=both,pairs=above all questions",
        0,     100};
    RealOption cell{*this, "cell", "3", "inches of the longer side of a cell's picture", 0.2, 20};
    BoolOption original{*this, "original", "off", "the source as first cell; with by=image before each map"};
    TextOption highlight{*this, "highlight", "",
                         "frame a cell in red: last = the model's last layer; or its layer or head, counted from the "
                         "end if negative, or its method, weights, model or picture"};
    ChoiceOption agreement{*this,
                           "agreement",
                           "auto",
                           "write above each map its rank correlation with the first one, and its pointing score where "
                           "boxes are known",
                           {{"auto", "with by=method and by=weights"}, {"on", "always"}, {"off", "never"}}};
    BoolOption faithfulness{*this, "faithfulness", "off",
                            "write above each map what --faithfulness found of it, beside its controls"};
    BoolOption titles{*this, "titles", "on", "write above each cell what it shows"};
    TextOption heading{*this, "heading", "", "a title for the figure; {n} becomes the number of its maps"};
    IntegerOption per_file{*this, "per-file", "100", "maps of a figure; more go on in further files", 1, 1000};
  } options;

  void validate() {
    options.check();
    by_ = by_named(options.by.value());
    if (by_ == By::image && options.agreement.value() == "on")
      throw Error(OC_E_OPTION, "agreement=on compares maps of one picture, and by=image shows maps of several");
    files_.emplace(options);
  }

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    if (is_over_samples(by_)) {
      if (run.n_samples() > 0) draw(run, Maps(run));
    } else if (!artifacts.empty()) {
      draw(run, Maps(run, artifacts));
    }
  }

 private:
  void draw(const Run& run, const Maps& maps) {
    const std::vector<Figure> figures = figures_of(by_, maps.facts(), static_cast<size_t>(options.per_file.value()));
    if (figures.empty()) return miss(run);
    for (const Figure& figure : figures) draw(run, maps, figure);
  }

  // Says why there is no figure.
  void miss(const Run& run) const {
    switch (by_) {
      case By::layer:
        throw Error(OC_E_UNSUPPORTED, "by=layer has nothing to show: all maps are of single heads; take by=head");
      case By::head:
        throw Error(
            OC_E_UNSUPPORTED,
            "by=head wants maps of single heads, and there are none: ask for --method raw-attention:heads=each");
      case By::weights:
        throw Error(OC_E_UNSUPPORTED,
                    "by=weights wants maps that say with which weights they are made, and there are none");
      case By::question:
        return run.host().warn("by=question draws nothing: no picture is asked about more than once");
      case By::image:
        return run.host().warn("by=image draws nothing: no question is asked about several pictures");
      case By::model:
        return run.host().warn("by=model draws nothing: no picture and question is in several of the runs");
      case By::method:
        break;  // takes every map
    }
  }

  void draw(const Run& run, const Maps& maps, const Figure& figure) {
    std::vector<MapFacts> facts;
    for (const size_t map : figure.maps) facts.push_back(maps.facts()[map]);
    GridSpec spec = spec_of(maps, figure, facts);
    // The file is named after its first map, which must be open then.
    maps.visit(facts.front(), [&](const Run& first, const ArtifactView&, const maps::StoredMap&) {
      if (options.title.value()) spec.title = titles_of_figure(by_, first, facts.front());
    });
    const auto visit = [&](size_t map, const std::function<void(const drawing::MapView&)>& use) {
      maps.visit(facts[map], [&](const Run& sample, const ArtifactView& artifact, const maps::StoredMap& stored) {
        use(options.view_of(sample, artifact, stored));
      });
    };
    const auto draw_for = [&](drawing::Medium medium) {
      spec.medium = medium;
      return std::move(draw_grid(spec, visit).canvas);
    };
    files_->write(run, draw_for, [&](const char* extension, const auto& write) {
      maps.visit(facts.front(), [&](const Run&, const ArtifactView& artifact, const maps::StoredMap&) {
        run.output(artifact, layer_of_file(by_, facts.front()), figure.part.c_str(), extension, write);
      });
    });
  }

  bool is_fixed_scale() const { return options.low() && options.high(); }
  bool is_one_scale() const { return options.scale.value() == "shared" || is_fixed_scale(); }
  bool tells_agreement() const {
    const std::string word = options.agreement.value();
    return word == "on" || (word == "auto" && (by_ == By::method || by_ == By::weights));
  }

  GridSpec spec_of(const Maps& maps, const Figure& figure, const std::vector<MapFacts>& facts) const {
    GridSpec spec;
    spec.heading = heading_of(facts.size());
    spec.subtitle = subtitle_of_figure(by_, facts);
    std::vector<MapNotes> notes(facts.size());
    if (tells_agreement()) notes = agreement_of(maps, facts, figure.in_row);
    std::vector<std::string> faithfulness;
    if (options.faithfulness.value()) faithfulness = faithfulness_of(maps, facts);
    const std::optional<drawing::ValueRange> shared = shared_range(facts);
    for (size_t i = 0; i < facts.size(); ++i) {
      GridMap& map = spec.maps.emplace_back();
      map.width = facts[i].width;
      map.height = facts[i].height;
      map.title = title_of_cell(by_, facts[i], facts);
      map.has_colours = facts[i].degenerate.empty();
      map.framed = is_highlighted(options.highlight.value(), by_, facts[i], facts);
      map.range = range_of(facts[i], shared);
      if (!is_one_scale() && !options.bar.value())
        map.notes = {map.has_colours ? fmt::format("{:.3g} to {:.3g}", map.range.min, map.range.max) : ""};
      for (const std::string& line : {notes[i].correlation, notes[i].score}) {
        if (tells_agreement()) map.notes.push_back(line);
      }
      if (options.faithfulness.value()) map.notes.push_back(faithfulness[i]);
    }
    spec.rows = arrange(arrangement_of(figure));
    spec.cell_titles = options.titles.value();
    spec.bars = !options.bar.value() ? Bars::none : is_one_scale() ? Bars::one : Bars::each;
    if (std::all_of(facts.begin(), facts.end(), [&](const MapFacts& of) { return of.label == facts.front().label; }))
      spec.value_label = facts.front().label;
    spec.remarks = {scale_sentence(facts, shared)};
    if (options.titles.value()) {
      for (const std::string& question : cut_questions(by_, facts)) spec.remarks.push_back(question);
    }
    if (tells_agreement()) {
      for (const std::string& remark : agreement_remarks(notes, figure.in_row)) spec.remarks.push_back(remark);
    }
    spec.warnings = warnings_of(facts);
    spec.colormap = &options.colours();
    spec.interpolation = options.sampling();
    spec.cell_borders = options.has_cell_borders();
    spec.alpha = options.alpha.value();
    spec.cell_inches = options.cell.value();
    spec.dpi = static_cast<double>(options.dpi.value());
    spec.font = options.font.value();
    return spec;
  }

  // Of each map; empty where none is recorded.
  static std::vector<std::string> faithfulness_of(const Maps& maps, const std::vector<MapFacts>& facts) {
    std::vector<std::string> lines(facts.size());
    for (size_t i = 0; i < facts.size(); ++i) {
      maps.visit(facts[i], [&](const Run& sample, const ArtifactView& artifact, const maps::StoredMap& map) {
        lines[i] = maps::faithfulness_of(sample, artifact, map.place);
      });
    }
    return lines;
  }

  std::string heading_of(size_t n) const {
    std::string heading = options.heading.value();
    constexpr std::string_view number = "{n}";
    for (size_t at = heading.find(number); at != std::string::npos; at = heading.find(number, at))
      heading.replace(at, number.size(), fmt::format("{}", n));
    return heading;
  }

  ArrangementSpec arrangement_of(const Figure& figure) const {
    const std::string style = options.style.value();
    ArrangementSpec spec;
    spec.n_maps = figure.maps.size();
    spec.in_row = figure.in_row;
    spec.style = style == "both" ? Style::both : style == "overlay" ? Style::overlay : Style::map;
    spec.beside = options.pairs.value() == "beside";
    spec.original = options.original.value();
    spec.originals = spec.original && by_ == By::image;
    const bool compares = by_ == By::question && spec.style == Style::both && !spec.beside;
    if (options.columns.value() > 0) {
      spec.columns = static_cast<size_t>(options.columns.value());
    } else if (compares) {
      spec.in_row = std::min(spec.n_maps, kMostInRow);
    }
    return spec;
  }

  std::optional<drawing::ValueRange> shared_range(const std::vector<MapFacts>& facts) const {
    if (options.scale.value() != "shared") return std::nullopt;
    std::optional<drawing::ValueRange> range;
    for (const MapFacts& map : facts) {
      if (!map.degenerate.empty()) continue;
      range = drawing::united(range.value_or(map.range), map.range);
    }
    return range;
  }

  drawing::ValueRange range_of(const MapFacts& map, const std::optional<drawing::ValueRange>& shared) const {
    const drawing::ValueRange values = shared.value_or(map.range);
    // Of a map without colours only the scale that others share is told.
    if (!map.degenerate.empty()) return {options.low().value_or(values.min), options.high().value_or(values.max)};
    return drawing::colour_range(values, options.low(), options.high());
  }

  std::string scale_sentence(const std::vector<MapFacts>& facts,
                             const std::optional<drawing::ValueRange>& shared) const {
    if (is_one_scale()) {
      const drawing::ValueRange range = range_of(facts.front(), shared);
      return fmt::format("colours linear from {:.4g} to {:.4g} ({})", range.min, range.max,
                         options.low() || options.high() ? "given" : "over all maps");
    }
    const std::optional<float> low = options.low(), high = options.high();
    return fmt::format("each map has its own colours, linear from {} to {}",
                       low ? fmt::format("{:.4g} (given)", *low) : "its minimum",
                       high ? fmt::format("{:.4g} (given)", *high) : "its maximum");
  }

  // Each sentence once, behind the cells that it is about.
  std::vector<std::string> warnings_of(const std::vector<MapFacts>& facts) const {
    std::vector<std::pair<std::string, std::string>> sentences;
    for (const MapFacts& map : facts) {
      if (map.degenerate.empty()) continue;
      const std::string title = title_of_cell(by_, map, facts);
      const auto same = [&](const auto& of) { return of.first == map.degenerate; };
      const auto at = std::find_if(sentences.begin(), sentences.end(), same);
      if (at == sentences.end()) {
        sentences.emplace_back(map.degenerate, title);
      } else {
        at->second += ", " + title;
      }
    }
    std::vector<std::string> warnings;
    for (const auto& [sentence, cells] : sentences) warnings.push_back(fmt::format("{}: {}", cells, sentence));
    return warnings;
  }

  By by_ = By::layer;
  std::optional<maps::FigureFiles> files_;  // once the options are bound
};

}  // namespace
}  // namespace ocellus::grid

OCELLUS_RENDERER(ocellus::grid::Grid, {"org.ocellus.grid", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "grid",
                  .summary = "many maps in one figure: layers, heads, methods, questions, pictures or models",
                  .accepts = {"heatmap/1", "heatmap-stack/1", OC_ACCEPTS_SAMPLES},
                  .produces = {"png", "jpg", "pdf", "svg"}})
