#include "plugins/renderers/histogram/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ocellus::histogram {
namespace {

using drawing::ChartPanel;
using drawing::ChartSpec;

// One panel for each run; the second series stands on the first, so each colour has an area of 1.
constexpr size_t n_stacked = 2;

const char* const value_label = "attention mass";

std::string size_of(const Distributions& of) {
  return fmt::format("{} layers of {} heads", of.layers().size(), of.heads().size());
}

// Runs that are compared may differ in size, which their own titles tell.
std::string title_of(const Part& part, const std::vector<Distributions>& runs) {
  const bool alone = runs.size() < 2;
  if (part.layer >= 0)
    return fmt::format("Layer {}{}", part.layer, alone ? fmt::format(", {} heads", runs.front().heads().size()) : "");
  const std::string what = part.category.empty() ? "All samples" : part.category;
  return alone ? fmt::format("{}, {}", what, size_of(runs.front())) : what;
}

std::string name_of(const Distributions& of, bool with_run) {
  const std::string model = of.model.empty() ? of.artifact->label() : of.model;
  return with_run && !of.run.empty() ? fmt::format("{} ({})", model, of.run) : model;
}

std::string samples_of(const Distributions& of) {
  return fmt::format("{} sample{}", of.samples, of.samples == 1 ? "" : "s");
}

std::string moments_of(const Cell& cell) {
  return fmt::format("mean {:.4f}, median {:.4f}, std {:.4f}, n {}", cell.mean, cell.median, cell.std, cell.n);
}

// Panels need a title where there are several runs.
std::string panel_title(const std::vector<Distributions>& runs, const Distributions& of) {
  if (runs.size() < 2) return "";
  return fmt::format("{}, {}, {}", name_of(of, true), size_of(of), samples_of(of));
}

ChartPanel histogram_panel(const Distributions& of, double top) {
  ChartPanel panel;
  panel.x = {of.edges.front(), of.edges.back(), value_label};
  panel.y = {0, top, "share of heads"};
  return panel;
}

void add_bars(ChartPanel& panel, const Distributions& of, const Group& group, size_t series,
              std::vector<double>& below) {
  const std::vector<double>& shares = group.series[series].shares;
  below.resize(shares.size(), 0.0);
  for (size_t bin = 0; bin < shares.size(); ++bin) {
    panel.bars.push_back({of.edges[bin], of.edges[bin + 1], below[bin], below[bin] + shares[bin], colour_of(series)});
    below[bin] += shares[bin];
  }
}

// Means of one part by layer (x = layer) or by head index.
struct Profile {
  std::vector<double> at, mean, low, high;
};

Profile by_layer(const Distributions& of, const std::string& category, size_t series) {
  Profile profile;
  for (const int64_t layer : of.layers()) {
    const Group* group = of.find(category, layer);
    if (group == nullptr) continue;
    profile.at.push_back(static_cast<double>(layer));
    profile.mean.push_back(group->series[series].mean);
    profile.low.push_back(group->series[series].low);
    profile.high.push_back(group->series[series].high);
  }
  return profile;
}

// Of one layer, or the mean over all.
Profile by_head(const Distributions& of, int64_t layer, size_t series) {
  Profile profile;
  const std::vector<int64_t> layers = layer >= 0 ? std::vector<int64_t>{layer} : of.layers();
  for (const int64_t head : of.heads()) {
    double sum = 0;
    for (const int64_t each : layers) {
      const Group* group = of.find("", each, head);
      if (group != nullptr) sum += group->series[series].mean;
    }
    profile.at.push_back(static_cast<double>(head));
    profile.mean.push_back(sum / static_cast<double>(layers.size()));
  }
  return profile;
}

// The runs that have the part, with the group that describes it.
struct Found {
  const Distributions* of;
  const Group* group;
};

void draw_stacked(ChartSpec& spec, const std::vector<Distributions>& runs, const std::vector<Found>& found) {
  double highest = 0;
  for (const Found& run : found) {
    std::vector<double> below;
    ChartPanel panel = histogram_panel(*run.of, 1);
    panel.title = panel_title(runs, *run.of);
    for (size_t series = 0; series < std::min(n_stacked, run.of->series.size()); ++series)
      add_bars(panel, *run.of, *run.group, series, below);
    highest = std::max(highest, *std::max_element(below.begin(), below.end()));
    spec.panels.push_back(std::move(panel));
  }
  for (ChartPanel& panel : spec.panels) panel.y.max = drawing::nice_maximum(std::max(highest, 0.01));
}

void draw_split(ChartSpec& spec, const std::vector<Distributions>& runs, const std::vector<Found>& found) {
  double highest = 0;
  for (const Found& run : found) {
    for (size_t series = 0; series < std::min(n_stacked, run.of->series.size()); ++series) {
      std::vector<double> below;
      ChartPanel panel = histogram_panel(*run.of, 1);
      const std::string moments = moments_of(run.group->series[series]);
      panel.title = runs.size() < 2 ? moments : fmt::format("{}: {}", name_of(*run.of, true), moments);
      add_bars(panel, *run.of, *run.group, series, below);
      highest = std::max(highest, *std::max_element(below.begin(), below.end()));
      spec.panels.push_back(std::move(panel));
    }
  }
  for (ChartPanel& panel : spec.panels) panel.y.max = drawing::nice_maximum(std::max(highest, 0.01));
}

void draw_lines(ChartSpec& spec, const std::vector<Distributions>& runs, const std::vector<Found>& found) {
  double highest = 0;
  for (const Found& run : found) {
    ChartPanel panel = histogram_panel(*run.of, 1);
    panel.title = panel_title(runs, *run.of);
    for (size_t series = 0; series < std::min(n_stacked, run.of->series.size()); ++series) {
      drawing::Curve curve{{}, colour_of(series), {}, {}};
      const std::vector<double>& shares = run.group->series[series].shares;
      for (size_t bin = 0; bin < shares.size(); ++bin) {
        curve.points.push_back({run.of->edges[bin], shares[bin]});
        curve.points.push_back({run.of->edges[bin + 1], shares[bin]});
        highest = std::max(highest, shares[bin]);
      }
      panel.curves.push_back(std::move(curve));
    }
    spec.panels.push_back(std::move(panel));
  }
  for (ChartPanel& panel : spec.panels) panel.y.max = drawing::nice_maximum(std::max(highest, 0.01));
}

void draw_layers(ChartSpec& spec, const std::vector<Distributions>& runs, const std::vector<Found>& found) {
  double highest = 0;
  for (const Found& run : found) {
    ChartPanel panel;
    panel.title = panel_title(runs, *run.of);
    const std::vector<int64_t> layers = run.of->layers();
    if (layers.size() < 2) continue;
    panel.x = {static_cast<double>(layers.front()), static_cast<double>(layers.back()), "layer", true};
    panel.y = {0, 1, "mean attention mass"};
    for (size_t series = run.of->series.size(); series-- > 0;) {  // the first one last, on top
      const Profile profile = by_layer(*run.of, run.group->category, series);
      drawing::Curve curve{{}, colour_of(series), profile.low, profile.high};
      for (size_t i = 0; i < profile.at.size(); ++i) {
        curve.points.push_back({profile.at[i], profile.mean[i]});
        highest = std::max(highest, profile.high[i]);
      }
      panel.curves.push_back(std::move(curve));
    }
    spec.panels.push_back(std::move(panel));
  }
  for (ChartPanel& panel : spec.panels) panel.y.max = drawing::nice_maximum(std::max(highest, 0.01));
}

void draw_head_bars(ChartSpec& spec, const std::vector<Distributions>& runs, const std::vector<Found>& found) {
  double highest = 0;
  for (const Found& run : found) {
    ChartPanel panel;
    panel.title = panel_title(runs, *run.of);
    const std::vector<int64_t> heads = run.of->heads();
    panel.x = {-0.5, static_cast<double>(heads.size()) - 0.5, "head", true};
    panel.y = {0, 1, run.group->layer >= 0 ? "mean attention mass" : "mean attention mass over layers"};
    const size_t n_series = run.of->series.size();
    for (size_t series = 0; series < n_series; ++series) {
      const Profile profile = by_head(*run.of, run.group->layer, series);
      const double width = 0.84 / static_cast<double>(n_series);
      for (size_t i = 0; i < profile.at.size(); ++i) {
        const double left = profile.at[i] - 0.42 + width * static_cast<double>(series);
        panel.bars.push_back({left, left + width, 0, profile.mean[i], colour_of(series)});
        highest = std::max(highest, profile.mean[i]);
      }
    }
    spec.panels.push_back(std::move(panel));
  }
  for (ChartPanel& panel : spec.panels) panel.y.max = drawing::nice_maximum(std::max(highest, 0.01));
}

void draw_heat(ChartSpec& spec, const std::vector<Distributions>& runs, const std::vector<Found>& found,
               const drawing::Colormap& colormap) {
  for (size_t series = 0; series < n_stacked; ++series) {
    float highest = 0;
    const size_t first = spec.panels.size();
    for (const Found& run : found) {
      if (series >= run.of->series.size()) continue;
      const std::vector<int64_t> layers = run.of->layers(), heads = run.of->heads();
      drawing::HeatTable heat;
      heat.rows = static_cast<int>(layers.size());
      heat.cols = static_cast<int>(heads.size());
      heat.colormap = &colormap;
      heat.value_label = "mean attention mass";
      for (const int64_t layer : layers) {
        for (const int64_t head : heads) {
          const Group* group = run.of->find("", layer, head);
          heat.values.push_back(group != nullptr ? static_cast<float>(group->series[series].mean) : 0.0f);
          highest = std::max(highest, heat.values.back());
        }
      }
      ChartPanel& panel = spec.panels.emplace_back();
      panel.title = runs.size() < 2 ? run.of->titles[series]
                                    : fmt::format("{}: {}", name_of(*run.of, true), run.of->titles[series]);
      panel.x.label = "head";
      panel.y.label = "layer";
      panel.heat = std::move(heat);
    }
    // One scale for one quantity, so that runs compare.
    for (size_t i = first; i < spec.panels.size(); ++i) spec.panels[i].heat->range = {0, highest};
  }
}

}  // namespace

drawing::Rgb colour_of(size_t series) {
  // Blue, orange, green: the colours of the published figures.
  static constexpr std::array<drawing::Rgb, 6> colours{
      {{31, 119, 180}, {255, 127, 14}, {44, 160, 44}, {148, 103, 189}, {140, 86, 75}, {227, 119, 194}}};
  return colours[series % colours.size()];
}

ChartSpec chart_of(const std::vector<Distributions>& runs, const Part& part, const std::string& style,
                   const drawing::Colormap& colormap) {
  ChartSpec spec;
  std::vector<Found> found;
  for (const Distributions& of : runs) {
    if (const Group* group = of.find(part.category, part.layer)) found.push_back({&of, group});
  }
  const bool whole = part.category.empty() && part.layer < 0;
  if (found.empty() || (style == "layers" && part.layer >= 0) || (style == "heat" && !whole) ||
      (style == "head-bars" && !part.category.empty()))
    return spec;
  const Distributions& first = *found.front().of;
  if (style == "stacked") {
    draw_stacked(spec, runs, found);
  } else if (style == "split") {
    draw_split(spec, runs, found);
  } else if (style == "lines") {
    draw_lines(spec, runs, found);
  } else if (style == "layers") {
    draw_layers(spec, runs, found);
  } else if (style == "head-bars") {
    draw_head_bars(spec, runs, found);
  } else {
    draw_heat(spec, runs, found, colormap);
  }
  spec.title = title_of(part, runs);
  if (runs.size() < 2) {
    spec.subtitle = fmt::format("{} · {} · {}", name_of(first, false), samples_of(first), first.artifact->label());
    if (const std::string group = first.artifact->text("text_group"); !group.empty())
      spec.subtitle += fmt::format(", {} text group", group);
    if (style == "layers") spec.subtitle += " · bands: 95 % interval of the mean";
  }
  const bool with_total = style == "layers" || style == "head-bars";
  const size_t n_series = with_total ? first.series.size() : std::min(n_stacked, first.series.size());
  for (size_t series = 0; series < n_series && style != "heat"; ++series) {
    std::string name = first.titles[series];
    if (runs.size() < 2 && style != "split")
      name += fmt::format(", mean {:.3f}", found.front().group->series[series].mean);
    spec.legend.push_back({std::move(name), colour_of(series)});
  }
  return spec;
}

}  // namespace ocellus::histogram
