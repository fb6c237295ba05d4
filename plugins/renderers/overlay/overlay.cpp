// overlay: every map laid over its picture: a panel for a paper, the bare overlay, the map alone, lines of equal value.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ocellus/sdk.hpp>

#include "plugins/renderers/common/figure.hpp"
#include "plugins/renderers/common/fonts.hpp"
#include "plugins/renderers/common/picture_file.hpp"
#include "plugins/renderers/overlay/captions.hpp"
#include "plugins/renderers/overlay/marks.hpp"
#include "plugins/renderers/overlay/numbers.hpp"
#include "plugins/renderers/overlay/stored_map.hpp"

namespace ocellus::overlay {
namespace {

// One map, and the artifact that it is of.
struct Shown {
  const ArtifactView* artifact;
  StoredMap map;
};

// Maps for one figure: one alone, or those of all images.
using Row = std::vector<Shown>;

template <class T>
std::vector<T> without_repetitions(const std::vector<T>& values) {
  std::vector<T> distinct;
  for (const T& value : values) {
    if (std::find(distinct.begin(), distinct.end(), value) == distinct.end()) distinct.push_back(value);
  }
  return distinct;
}

class Overlay : public Renderer {
 public:
  struct Options : OptionSet {
    WordsOption style{*this,
                      "style",
                      "panel",
                      "the pictures to make of each map",
                      {{"panel", "the source and the overlay side by side, with title, colour bar and value range"},
                       {"overlay", "the map over the source, in the source's own size, and nothing else"},
                       {"heatmap", "the map alone, with title, colour bar and value range"},
                       {"contour", "lines of equal value over the source, with title, colour bar and value range"}}};
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
    ChoiceOption colormap{*this,
                          "colormap",
                          "hot",
                          "colours from the smallest value to the largest",
                          {{"hot", "black, red, yellow, white; keeps its order in grey print"},
                           {"jet", "blue, green, yellow, red"},
                           {"turbo", "as jet, with smoother steps"},
                           {"viridis", "purple, green, yellow; for colour-blind readers too"},
                           {"inferno", "black, purple, orange, yellow; keeps its order in grey print"},
                           {"magma", "black, purple, pink, cream; keeps its order in grey print"}}};
    RealOption alpha{*this, "alpha", "0.6", "opacity of the map over the source; 1 hides the source", 0, 1};
    ChoiceOption interpolation{*this,
                               "interpolation",
                               "bilinear",
                               "how the cells of a map become pixels",
                               {{"bilinear", "values flow from cell to cell"}, {"cells", "each cell in one colour"}}};
    IntegerOption levels{
        *this, "levels", "5", "lines of style=contour, in equal steps between the first and the last colour", 1, 50};
    TextOption levels_at{*this, "levels-at", "", "values of the lines instead, joined by '+', such as 0.001+0.01"};
    IntegerOption top{*this, "top", "0", "how many of the hottest cells are boxed, with rank and value", 0, 100};
    BoolOption boxes{*this, "boxes", "off", "outline the sample's known boxes"};
    TextOption vmin{*this, "vmin", "", "value of the first colour; empty = the minimum of the scale"};
    TextOption vmax{*this, "vmax", "", "value of the last colour; empty = the maximum of the scale"};
    BoolOption title{*this, "title", "on", "write the prompt and the answer above framed pictures"};
    TextOption font{*this, "font", "", "a font family to write with; letters it lacks come from others"};
    WordsOption format{*this,
                       "format",
                       "png",
                       "the files to write",
                       {{"png", "pixels, without loss"},
                        {"jpg", "pixels, small; see quality"},
                        {"pdf", "lines and letters as vectors, for print"},
                        {"svg", "lines and letters as vectors, for the web and for editing"}}};
    IntegerOption quality{*this, "quality", "90", "of JPEG files", 1, 100};
    IntegerOption dpi{*this, "dpi", "200", "pixels an inch", 50, 1200};
    RealOption size{*this, "size", "4.5", "inches of the longer side of a framed picture", 1, 20};
  } options;

  void validate() {
    const std::optional<float> low = number_of("vmin", options.vmin.value());
    const std::optional<float> high = number_of("vmax", options.vmax.value());
    if (low && high && *low >= *high) throw Error(OC_E_OPTION, "vmin must be smaller than vmax");
    numbers_of("levels-at", options.levels_at.value());
    styles_ = without_repetitions(options.style.value());
    formats_ = without_repetitions(options.format.value());
    if (in_rows() && std::find(styles_.begin(), styles_.end(), "overlay") != styles_.end()) {
      throw Error(OC_E_OPTION,
                  "style=overlay has the size of one image: leave it out, or leave images=row out and get one file an "
                  "image");
    }
    if (const std::string font = options.font.value(); !font.empty()) drawing::expect_font_family(font);
  }

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    const bool several_images = std::any_of(artifacts.begin(), artifacts.end(),
                                            [](const ArtifactView& artifact) { return artifact.image() > 0; });
    const std::vector<Row> rows = rows_of(run, artifacts);
    std::map<std::string, drawing::ValueRange> scales;
    if (options.scale.value() == "shared") scales = scales_of(rows);
    int unknown_glyphs = 0;  // in the worst picture
    for (const Row& row : rows) {
      drawing::FigureSpec spec = spec_of(run, row, several_images);
      if (const auto scale = scales.find(row.front().artifact->label()); scale != scales.end()) {
        spec.shared = scale->second;
      }
      unknown_glyphs = std::max(unknown_glyphs, write_files(run, row, spec));
    }
    if (unknown_glyphs > 0 && !warned_) {
      warned_ = true;
      run.host().warn(
          fmt::format("{} letters in the pictures of sample {} are boxes, because no font has them: install "
                      "fonts-noto-core, and fonts-noto-cjk for Chinese, Japanese and Korean. Later samples may lack "
                      "letters too, which is not said again",
                      unknown_glyphs, run.text("id")));
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
        if (first) continue;
        scale->second = {std::min(scale->second.min, values.min), std::max(scale->second.max, values.max)};
      }
    }
    return scales;
  }

  drawing::FigureSpec spec_of(const Run& run, const Row& row, bool several_images) const {
    drawing::FigureSpec spec;
    for (const Shown& shown : row) spec.views.push_back(view_of(run, shown));
    spec.colormap = &drawing::Colormap::by_name(options.colormap.value());
    spec.interpolation =
        options.interpolation.value() == "cells" ? drawing::Interpolation::nearest : drawing::Interpolation::bilinear;
    spec.alpha = options.alpha.value();
    spec.vmin = number_of("vmin", options.vmin.value());
    spec.vmax = number_of("vmax", options.vmax.value());
    spec.n_levels = static_cast<int>(options.levels.value());
    spec.levels = numbers_of("levels-at", options.levels_at.value());
    spec.dpi = static_cast<double>(options.dpi.value());
    spec.picture_inches = options.size.value();
    if (options.title.value()) spec.title = title_of(run);
    const Shown& first = row.front();
    spec.subtitle = {row.size() > 1 ? row_subtitle_of(*first.artifact, first.map)
                                    : subtitle_of(*first.artifact, first.map, several_images)};
    spec.value_label = first.artifact->label();
    spec.font = options.font.value();
    return spec;
  }

  drawing::MapView view_of(const Run& run, const Shown& shown) const {
    const oc_image picture = run.picture(shown.artifact->image());
    drawing::MapView view;
    view.source = {{picture.rgb, size_t{picture.width} * picture.height * 3},
                   static_cast<int>(picture.width),
                   static_cast<int>(picture.height)};
    view.map = shown.map.map;
    view.extent = shown.map.extent;
    view.degenerate = shown.map.degenerate;
    view.name = fmt::format("image {}", shown.artifact->image());
    if (shown.map.on_image) view.note = fmt::format("mass {:.2g}", *shown.map.on_image);
    if (options.boxes.value()) view.marks = box_marks(run, *shown.artifact);
    const auto top = top_marks(*shown.artifact, shown.map, static_cast<size_t>(options.top.value()));
    view.marks.insert(view.marks.end(), top.begin(), top.end());
    return view;
  }

  static drawing::Figure draw(const std::string& style, const drawing::FigureSpec& spec) {
    if (style == "overlay") return draw_overlay(spec);
    if (style == "heatmap") return draw_heatmap(spec);
    if (style == "contour") return draw_contour(spec);
    return draw_panel(spec);
  }

  // A file for each style and format; the style is part of its name only where there are several. Returns the number of
  // letters without a font.
  int write_files(const Run& run, const Row& row, drawing::FigureSpec& spec) const {
    const Shown& first = row.front();
    const drawing::FileStyle file{spec.dpi, static_cast<int>(options.quality.value())};
    int unknown_glyphs = 0;
    for (const std::string& style : styles_) {
      std::string part = first.map.file_part;
      if (styles_.size() > 1) part += (part.empty() ? "" : ".") + style;
      std::map<drawing::Medium, drawing::Figure> figures;  // drawn once for all formats of a medium
      for (const std::string& extension : formats_) {
        const drawing::Format format = drawing::format_named(extension);
        spec.medium = medium_of(format);
        auto figure = figures.find(spec.medium);
        if (figure == figures.end()) figure = figures.emplace(spec.medium, draw(style, spec)).first;
        const drawing::Canvas& canvas = figure->second.canvas;
        const auto write = [&](const char* path) { drawing::write_picture(canvas, format, file, path); };
        if (row.size() > 1) {
          run.output_of_images(*first.artifact, first.map.file_layer, part.c_str(), extension.c_str(), write);
        } else {
          run.output(*first.artifact, first.map.file_layer, part.c_str(), extension.c_str(), write);
        }
        unknown_glyphs = std::max(unknown_glyphs, canvas.unknown_glyphs());
      }
    }
    return unknown_glyphs;
  }

  std::vector<std::string> styles_;
  std::vector<std::string> formats_;
  bool warned_ = false;
};

}  // namespace
}  // namespace ocellus::overlay

OCELLUS_RENDERER(ocellus::overlay::Overlay, {"org.ocellus.overlay", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "overlay",
                  .summary = "maps laid over their pictures, for reading and for print",
                  .accepts = {"heatmap/1", "heatmap-stack/1"},
                  .produces = {"png", "jpg", "pdf", "svg"}})
