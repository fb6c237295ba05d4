// histogram: how numbers of all samples are spread over heads, layers and categories.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <ocellus/sdk.hpp>
#include <utility>

#include "plugins/renderers/common/chart_files.hpp"
#include "plugins/renderers/common/fonts.hpp"
#include "plugins/renderers/histogram/charts.hpp"
#include "plugins/renderers/histogram/numbers_csv.hpp"

namespace ocellus::histogram {
namespace {

class Histogram : public Renderer {
 public:
  struct Options : OptionSet {
    WordsOption style{*this,
                      "style",
                      "stacked",
                      "the charts to make",
                      {{"stacked", "histogram, the second series on the first"},
                       {"split", "a histogram for each series"},
                       {"lines", "histograms as lines"},
                       {"layers", "mean of each layer, with its interval"},
                       {"head-bars", "mean of each head"},
                       {"heat", "mean of each head of each layer, as a map"}}};
    WordsOption of{
        *this,
        "of",
        "overall+layers+categories",
        "the parts to make charts of",
        {{"overall", "everything"}, {"layers", "each layer"}, {"categories", "each category of the data set"}}};
    ChoiceOption names{*this,
                       "names",
                       "own",
                       "what the files are called",
                       {{"own", "as all results: in collection/, after method and renderer"},
                        {"mme", "as the LLaVA head study calls them: mme_overall_stacked_hist, ..."}}};
    TextOption name{*this, "name", "",
                    "path under OUT instead, without extension; {label}, {part}, {layer}, {category} and {style} are "
                    "filled in"};
    ChoiceOption colormap{*this,
                          "colormap",
                          "viridis",
                          "colours of style=heat",
                          {{"viridis", "purple, green, yellow"},
                           {"magma", "black, purple, pink, cream"},
                           {"inferno", "black, purple, orange, yellow"},
                           {"hot", "black, red, yellow, white"},
                           {"turbo", "blue, green, yellow, red"}}};
    BoolOption title{*this, "title", "on", "write what is shown above the chart"};
    TextOption font{*this, "font", "", "a font family to write with; letters it lacks come from others"};
    WordsOption format{*this,
                       "format",
                       "png",
                       "the files to write; their numbers are always written beside them, as CSV",
                       {{"png", "pixels, without loss"},
                        {"jpg", "pixels, small"},
                        {"pdf", "lines and letters as vectors, for print"},
                        {"svg", "lines and letters as vectors, for the web and for editing"}}};
    IntegerOption dpi{*this, "dpi", "300", "pixels an inch", 50, 600};
    RealOption width{*this, "width", "7", "inches of one run's chart", 3, 20};
    RealOption height{*this, "height", "4.2", "inches", 2, 20};
  } options;

  void validate() {
    if (const std::string font = options.font.value(); !font.empty()) drawing::expect_font_family(font);
    if (options.names.value() != "own" && !options.name.value().empty())
      throw Error(OC_E_OPTION, "names and name both say what files are called: give one of them");
  }

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    std::vector<Distributions> all;
    for (const ArtifactView& artifact : artifacts) {
      if (artifact.type() == "histograms/1") all.push_back(read_distributions(run, artifact));
    }
    const bool comparison =
        std::any_of(all.begin(), all.end(), [&](const Distributions& of) { return of.run != all.front().run; });
    if (comparison) return draw_all(run, all);
    for (const Distributions& of : all) draw_all(run, {of});
  }

 private:
  void draw_all(const Run& run, const std::vector<Distributions>& runs) const {
    std::vector<Part> parts;
    // Of any of the runs: a larger model has layers that a smaller one lacks.
    const auto add = [&](const Part& part) {
      const auto same = [&](const Part& known) { return known.category == part.category && known.layer == part.layer; };
      if (std::none_of(parts.begin(), parts.end(), same)) parts.push_back(part);
    };
    for (const std::string& word : options.of.value()) {
      if (word == "overall") add({});
      for (const Distributions& of : runs) {
        for (const int64_t layer : word == "layers" ? of.layers() : std::vector<int64_t>{}) add({"", layer});
        for (const std::string& category : word == "categories" ? of.categories() : std::vector<std::string>{})
          add({category, -1});
      }
    }
    for (const std::string& style : options.style.value()) {
      for (const Part& part : parts) draw(run, runs, part, style);
    }
  }

  void draw(const Run& run, const std::vector<Distributions>& runs, const Part& part, const std::string& style) const {
    drawing::ChartSpec spec = chart_of(runs, part, style, drawing::Colormap::by_name(options.colormap.value()));
    if (spec.panels.empty()) return;
    if (!options.title.value()) spec.title = spec.subtitle = "";
    const double n_panels = static_cast<double>(spec.panels.size());
    spec.width_inches = options.width.value() * (spec.panels.size() > 1 ? 0.75 * n_panels : 1.0);
    spec.height_inches = options.height.value();
    spec.dpi = static_cast<double>(options.dpi.value());
    spec.font = options.font.value();
    drawing::write_chart(std::move(spec), options.format.value(), [&](const char* extension, const auto& write_file) {
      write(run, runs, part, style, extension, write_file);
    });
    write(run, runs, part, style, "csv", [&](const char* path) {
      std::ofstream file(path, std::ios::binary);
      file << numbers_csv(runs, part, style);
      file.close();
      if (!file) throw Error(OC_E_WRITE, fmt::format("the numbers cannot be written to {}", path));
    });
  }

  // The style is part of a name where there are several.
  std::string ending(const std::string& style) const { return options.style.value().size() > 1 ? style : ""; }

  template <class Write>
  void write(const Run& run, const std::vector<Distributions>& runs, const Part& part, const std::string& style,
             const char* extension, Write&& write_file) const {
    const ArtifactView& artifact = *runs.front().artifact;
    const std::string category = part.category.empty() ? "all" : file_word(runs, part.category);
    std::string pattern = options.name.value();
    if (options.names.value() == "mme") {
      pattern = part.category.empty() ? "mme_{part}_" : "category_{category}/mme_{category}_";
      pattern += style == "stacked" ? "stacked_hist" : "{style}";
    }
    if (pattern.empty()) {
      std::string name = part.category.empty() ? "" : "category_" + category;
      if (options.style.value().size() > 1) name += (name.empty() ? "" : ".") + style;
      return run.output(artifact, static_cast<int32_t>(part.layer), name.c_str(), extension, write_file);
    }
    const std::string layer = part.layer >= 0 ? fmt::format("{}", part.layer) : "all";
    const std::string kind = part.layer >= 0         ? "layer" + layer
                             : part.category.empty() ? "overall"
                                                     : "category_" + category;
    run.output_named(
        pattern,
        {{"label", artifact.label()}, {"part", kind}, {"layer", layer}, {"category", category}, {"style", style}},
        extension, write_file);
  }

  // A category as a word of file names: itself where that is safe, else what is safe of it with the category's number,
  // because names of two categories may have nothing safe in them.
  static std::string file_word(const std::vector<Distributions>& runs, const std::string& category) {
    std::string word;
    for (const char c : category) {
      const bool plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      if (plain) word += c;
      if (!plain && !word.empty() && word.back() != '-') word += '-';
    }
    if (word == category) return word;
    std::vector<std::string> all;
    for (const Distributions& of : runs) {
      for (const std::string& each : of.categories()) {
        if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(each);
      }
    }
    const auto number = std::find(all.begin(), all.end(), category) - all.begin();
    if (!word.empty() && word.back() == '-') word.pop_back();
    return fmt::format("{}-{}", word.empty() ? "category" : word, number);
  }
};

}  // namespace
}  // namespace ocellus::histogram

OCELLUS_RENDERER(ocellus::histogram::Histogram, {"org.ocellus.histogram", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "histogram",
                  .summary = "how numbers are spread over heads, layers and categories",
                  .accepts = {"histograms/1"},
                  .produces = {"png", "jpg", "pdf", "svg", "csv"}})
