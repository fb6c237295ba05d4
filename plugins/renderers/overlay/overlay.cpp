// overlay: every map laid over its picture: a panel for a paper, the bare overlay, the map alone, lines of equal value.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ocellus/sdk.hpp>
#include <optional>
#include <set>
#include <utility>

#include "plugins/renderers/common/figure.hpp"
#include "plugins/renderers/common/maps/captions.hpp"
#include "plugins/renderers/common/maps/figure_files.hpp"
#include "plugins/renderers/common/maps/map_options.hpp"
#include "plugins/renderers/common/maps/marks.hpp"
#include "plugins/renderers/common/maps/numbers.hpp"
#include "plugins/renderers/common/maps/stored_map.hpp"

namespace ocellus::overlay {
namespace {

using namespace maps;

// One map, and the artifact that it is of.
struct Shown {
  const ArtifactView* artifact;
  StoredMap map;
};

// Maps for one figure: one alone, or those of all images.
using Row = std::vector<Shown>;

class Overlay : public Renderer {
 public:
  struct Options : MapOptions {
    Options() : MapOptions("200") {}
    WordsOption style{
        *this,
        "style",
        "panel",
        "the pictures to make of each map",
        {{"panel", "the source and the overlay side by side, with title, colour bar and value range"},
         {"triptych", "the source, the map alone cell by cell, and the overlay side by side, with the same words"},
         {"overlay", "the map over the source, in the source's own size, and nothing else"},
         {"heatmap", "the map alone, with title, colour bar and value range"},
         {"contour", "lines of equal value over the source, with title, colour bar and value range"},
         {"source", "the source alone, in its own size; once for all maps of an image"}}};
    ChoiceOption images{*this,
                        "images",
                        "each",
                        "where a sample has several images",
                        {{"each", "a figure for each image"}, {"row", "all images side by side in one figure"}}};
    ChoiceOption scale{*this,
                       "scale",
                       "own",
                       "the values that take the first and the last colour, where vmin and vmax do not say",
                       {{"own", "minimum and maximum of each map"},
                        {"shared", "minimum and maximum over all maps that a method made of the sample"}}};
    IntegerOption levels{
        *this, "levels", "5", "lines of style=contour, in equal steps between the first and the last colour", 1, 50};
    TextOption levels_at{*this, "levels-at", "", "values of the lines instead, joined by '+', such as 0.001+0.01"};
    BoolOption faithfulness{*this, "faithfulness", "off",
                            "write under the title what --faithfulness found of the map, beside its controls"};
    IntegerOption top{*this, "top", "0", "how many of the hottest cells are boxed, with rank and value", 0, 100};
    RealOption size{*this, "size", "4.5", "inches of the longer side of a framed picture", 1, 20};
  } options;

  void validate() {
    options.check();
    numbers_of("levels-at", options.levels_at.value());
    styles_ = without_repetitions(options.style.value());
    files_.emplace(options);
    for (const std::string& style : styles_) {
      if (!in_rows() || (style != "overlay" && style != "source")) continue;
      throw Error(OC_E_OPTION,
                  fmt::format("style={} has the size of one image: leave it out, or leave images=row out and get one "
                              "file an image",
                              style));
    }
  }

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    const bool several_images = std::any_of(artifacts.begin(), artifacts.end(),
                                            [](const ArtifactView& artifact) { return artifact.image() > 0; });
    const std::vector<Row> rows = rows_of(run, artifacts);
    std::map<std::string, drawing::ValueRange> scales;
    if (options.scale.value() == "shared") scales = scales_of(rows);
    shown_.clear();
    for (const Row& row : rows) {
      drawing::FigureSpec spec = spec_of(run, row, several_images);
      if (const auto scale = scales.find(row.front().artifact->label()); scale != scales.end()) {
        spec.shared = scale->second;
      }
      write_files(run, row, spec);
    }
  }

 private:
  bool in_rows() const { return options.images.value() == "row"; }

  // The maps in the order they were made; with images=row, maps that differ in the image alone share a row.
  std::vector<Row> rows_of(const Run& run, const std::vector<ArtifactView>& artifacts) const {
    std::vector<Row> rows;
    const auto together = [&run](const Shown& a, const Shown& b) {
      return a.artifact->label() == b.artifact->label() && run.name_of(*a.artifact) == run.name_of(*b.artifact) &&
             a.artifact->image() != b.artifact->image() && a.map.file_layer == b.map.file_layer &&
             a.map.file_part == b.map.file_part;
    };
    for (const ArtifactView& artifact : artifacts) {
      for (StoredMap& map : maps_of(artifact)) {
        Shown shown{&artifact, std::move(map)};
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const Row& other) { return in_rows() && together(other.front(), shown); });
        if (row == rows.end()) {
          rows.push_back({std::move(shown)});
        } else {
          row->push_back(std::move(shown));
        }
      }
    }
    return rows;
  }

  // By the label of the method, over all its maps that mean something.
  static std::map<std::string, drawing::ValueRange> scales_of(const std::vector<Row>& rows) {
    std::map<std::string, drawing::ValueRange> scales;
    for (const Row& row : rows) {
      for (const Shown& shown : row) {
        if (!shown.map.degenerate.empty()) continue;
        const drawing::ValueRange values = drawing::value_range(shown.map.map);
        const auto [scale, first] = scales.emplace(shown.artifact->label(), values);
        if (!first) scale->second = drawing::united(scale->second, values);
      }
    }
    return scales;
  }

  drawing::FigureSpec spec_of(const Run& run, const Row& row, bool several_images) const {
    drawing::FigureSpec spec;
    for (const Shown& shown : row) spec.views.push_back(view_of(run, shown));
    spec.colormap = &options.colours();
    spec.interpolation = options.sampling();
    spec.cell_borders = options.has_cell_borders();
    spec.alpha = options.alpha.value();
    spec.vmin = options.low();
    spec.vmax = options.high();
    spec.n_levels = static_cast<int>(options.levels.value());
    spec.levels = numbers_of("levels-at", options.levels_at.value());
    spec.dpi = static_cast<double>(options.dpi.value());
    spec.picture_inches = options.size.value();
    if (options.title.value()) spec.title = title_of(run);
    const Shown& first = row.front();
    spec.subtitle = {row.size() > 1 ? row_subtitle_of(*first.artifact, first.map)
                                    : subtitle_of(*first.artifact, first.map, several_images)};
    if (options.faithfulness.value()) {
      for (const Shown& shown : row) {
        const std::string line = faithfulness_of(run, *shown.artifact, shown.map.place);
        if (line.empty()) continue;
        spec.subtitle.push_back(row.size() > 1 ? fmt::format("image {}: {}", shown.artifact->image(), line) : line);
      }
    }
    spec.value_label = first.artifact->label();
    spec.font = options.font.value();
    return spec;
  }

  drawing::MapView view_of(const Run& run, const Shown& shown) const {
    drawing::MapView view = options.view_of(run, *shown.artifact, shown.map);
    view.name = fmt::format("image {}", shown.artifact->image());
    if (shown.map.on_image) view.note = fmt::format("mass {:.2g}", *shown.map.on_image);
    const auto top = top_marks(*shown.artifact, shown.map, static_cast<size_t>(options.top.value()));
    view.marks.insert(view.marks.end(), top.begin(), top.end());
    return view;
  }

  static drawing::Figure draw(const std::string& style, const drawing::FigureSpec& spec) {
    if (style == "source") return draw_source(spec);
    if (style == "overlay") return draw_overlay(spec);
    if (style == "triptych") return draw_triptych(spec);
    if (style == "heatmap") return draw_heatmap(spec);
    if (style == "contour") return draw_contour(spec);
    return draw_panel(spec);
  }

  // A file for each style and format; the style is part of its name only where there are several.
  void write_files(const Run& run, const Row& row, drawing::FigureSpec& spec) {
    const Shown& first = row.front();
    for (const std::string& style : styles_) {
      const bool is_source = style == "source";
      if (is_source && !shown_.insert(first.artifact->image()).second) continue;
      const int32_t layer = is_source ? -1 : first.map.file_layer;
      std::string part = is_source ? "" : first.map.file_part;
      if (styles_.size() > 1) part += (part.empty() ? "" : ".") + style;
      const auto draw_for = [&](drawing::Medium medium) {
        spec.medium = medium;
        return std::move(draw(style, spec).canvas);
      };
      files_->write(run, draw_for, [&](const char* extension, const auto& write) {
        if (row.size() > 1) {
          run.output_of_images(*first.artifact, layer, part.c_str(), extension, write);
        } else {
          run.output(*first.artifact, layer, part.c_str(), extension, write);
        }
      });
    }
  }

  std::vector<std::string> styles_;
  std::set<int32_t> shown_;           // images of the sample whose source is there already
  std::optional<FigureFiles> files_;  // once the options are bound
};

}  // namespace
}  // namespace ocellus::overlay

OCELLUS_RENDERER(ocellus::overlay::Overlay, {"org.ocellus.overlay", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "overlay",
                  .summary = "maps laid over their pictures, for reading and for print",
                  .accepts = {"heatmap/1", "heatmap-stack/1"},
                  .produces = {"png", "jpg", "pdf", "svg"}})
