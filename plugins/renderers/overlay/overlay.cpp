// overlay: every map laid over its picture, as PNG: a panel for a paper, the bare overlay, the map alone.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ocellus/sdk.hpp>

#include "plugins/renderers/common/figure.hpp"
#include "plugins/renderers/common/png.hpp"
#include "plugins/renderers/overlay/captions.hpp"
#include "plugins/renderers/overlay/stored_map.hpp"

namespace ocellus::overlay {
namespace {

constexpr drawing::Rgb kBoxColour{0, 230, 255};
constexpr drawing::Rgb kHottestColour{255, 255, 255};

// The number in `text`, or none where it is empty. Throws OC_E_OPTION for anything else.
std::optional<float> bound(const char* key, const std::string& text) {
  if (text.empty()) return std::nullopt;
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    throw Error(OC_E_OPTION, fmt::format("{}={} is not a number: give one such as {}=0.01, or leave it out to take the "
                                         "map's own {}",
                                         key, text, key, std::string_view(key) == "vmin" ? "minimum" : "maximum"));
  }
  return value;
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
                       {"heatmap", "the map alone, with title, colour bar and value range"}}};
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
    IntegerOption dpi{*this, "dpi", "200", "pixels an inch of panels and heat maps", 50, 1200};
    RealOption size{*this, "size", "4.5", "inches of the longer side of a picture in panels and heat maps", 1, 20};
    BoolOption title{*this, "title", "on", "write the prompt and the answer above panels and heat maps"};
    BoolOption boxes{*this, "boxes", "off", "outline the sample's known boxes"};
    BoolOption hottest{*this, "hottest", "off", "outline the cell with the largest value"};
    TextOption vmin{*this, "vmin", "", "value of the first colour; empty = the minimum of each map"};
    TextOption vmax{*this, "vmax", "", "value of the last colour; empty = the maximum of each map"};
  } options;

  void validate() const {
    const std::optional<float> low = bound("vmin", options.vmin.value()), high = bound("vmax", options.vmax.value());
    if (low && high && *low >= *high) throw Error(OC_E_OPTION, "vmin must be smaller than vmax");
  }

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    unknown_glyphs_ = 0;
    const bool several_images = std::any_of(artifacts.begin(), artifacts.end(),
                                            [](const ArtifactView& artifact) { return artifact.image() > 0; });
    for (const ArtifactView& artifact : artifacts) {
      for (const StoredMap& map : maps_of(artifact)) {
        draw(run, artifact, map, spec_of(run, artifact, map, several_images));
      }
    }
    if (unknown_glyphs_ > 0) {
      run.host().warn(
          fmt::format("{} letters in the pictures of sample {} are boxes, because no font has them: install "
                      "fonts-noto-core, and fonts-noto-cjk for Chinese, Japanese and Korean",
                      unknown_glyphs_, run.text("id")));
    }
  }

 private:
  drawing::FigureSpec spec_of(const Run& run, const ArtifactView& artifact, const StoredMap& map,
                              bool several_images) const {
    const oc_image picture = run.picture(artifact.image());
    drawing::FigureSpec spec;
    spec.source = {{picture.rgb, size_t{picture.width} * picture.height * 3},
                   static_cast<int>(picture.width),
                   static_cast<int>(picture.height)};
    spec.map = map.map;
    spec.extent = map.extent;
    spec.colormap = &drawing::Colormap::by_name(options.colormap.value());
    spec.interpolation =
        options.interpolation.value() == "cells" ? drawing::Interpolation::nearest : drawing::Interpolation::bilinear;
    spec.alpha = options.alpha.value();
    spec.vmin = bound("vmin", options.vmin.value());
    spec.vmax = bound("vmax", options.vmax.value());
    spec.dpi = static_cast<double>(options.dpi.value());
    spec.picture_inches = options.size.value();
    if (options.title.value()) spec.title = title_of(run);
    spec.subtitle = {subtitle_of(artifact, map, several_images)};
    spec.value_label = artifact.label();
    spec.degenerate = artifact.text("degenerate");
    spec.marks = marks_of(run, artifact, map, picture);
    return spec;
  }

  std::vector<drawing::Mark> marks_of(const Run& run, const ArtifactView& artifact, const StoredMap& map,
                                      const oc_image& picture) const {
    std::vector<drawing::Mark> marks;
    if (options.boxes.value()) {
      std::vector<std::string> labels;
      for (const oc_box& box : run.boxes()) {
        if (box.image != artifact.image()) continue;
        marks.push_back(
            {{box.x0 / picture.width, box.y0 / picture.height, box.x1 / picture.width, box.y1 / picture.height},
             kBoxColour,
             ""});
        if (box.label != nullptr && *box.label != '\0') labels.emplace_back(box.label);
      }
      if (!marks.empty()) {
        marks.front().label = labels.empty() ? "known box" : fmt::format("known box: {}", fmt::join(labels, ", "));
      }
    }
    if (options.hottest.value() && artifact.text("degenerate").empty()) {
      if (const std::optional<HottestCell> cell = hottest_cell(artifact, map.map)) {
        marks.push_back(
            {cell->box, kHottestColour,
             fmt::format("hottest cell: row {}, column {}, value {:.4g}", cell->row, cell->column, cell->value)});
      }
    }
    return marks;
  }

  // One file for each style; the style is part of its name only where there are several.
  void draw(const Run& run, const ArtifactView& artifact, const StoredMap& map, const drawing::FigureSpec& spec) {
    std::vector<std::string> styles;
    for (const std::string& style : options.style.value()) {
      if (std::find(styles.begin(), styles.end(), style) == styles.end()) styles.push_back(style);
    }
    for (const std::string& style : styles) {
      const drawing::Figure figure = style == "overlay"   ? draw_overlay(spec)
                                     : style == "heatmap" ? draw_heatmap(spec)
                                                          : draw_panel(spec);
      unknown_glyphs_ = std::max(unknown_glyphs_, figure.canvas.unknown_glyphs());
      std::string part = map.file_part;
      if (styles.size() > 1) part += (part.empty() ? "" : ".") + style;
      run.output(artifact, map.file_layer, part.c_str(), "png",
                 [&](const char* path) { drawing::write_png(figure.canvas, spec.dpi, path); });
    }
  }

  int unknown_glyphs_ = 0;  // in the worst picture of the sample
};

}  // namespace
}  // namespace ocellus::overlay

OCELLUS_RENDERER(ocellus::overlay::Overlay, {"org.ocellus.overlay", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "overlay",
                  .summary = "maps laid over their pictures, as PNG for reading and for print",
                  .accepts = {"heatmap/1", "heatmap-stack/1"},
                  .produces = {"png"}})
