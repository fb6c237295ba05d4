#include "plugins/renderers/grid/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "plugins/renderers/grid/rank_correlation.hpp"

namespace ocellus::grid {
namespace {

// Two decimals, and no -0.00.
std::string two_decimals(double value) {
  return fmt::format("{:.2f}", std::abs(value) < 0.005 ? 0.0 : value);
}

struct Reference {
  std::vector<float> values;
  int width = 0, height = 0;
};

std::string correlation_with(const Reference& reference, const maps::StoredMap& map) {
  if (!map.degenerate.empty() || reference.values.empty()) return "\u03c1 undefined: a map means nothing";
  if (map.map.width != reference.width || map.map.height != reference.height) return "\u03c1 undefined: another grid";
  const std::optional<double> rho = rank_correlation(reference.values, map.map.values);
  return rho ? "\u03c1 " + two_decimals(*rho) : "\u03c1 undefined: a map is constant";
}

std::string score_words(const Run& sample, const ArtifactView& artifact, size_t place) {
  const std::optional<double> pointing = sample.score_of(artifact, place, "pointing");
  const std::optional<double> centre = sample.score_of(artifact, place, "centre");
  const std::optional<double> random = sample.score_of(artifact, place, "random");
  if (!pointing || !centre || !random) return "";
  return fmt::format("pointing {} \u00b7 centre {} \u00b7 random {}", two_decimals(*pointing), two_decimals(*centre),
                     two_decimals(*random));
}

}  // namespace

std::vector<MapNotes> agreement_of(const Maps& maps, const std::vector<MapFacts>& figure, std::size_t in_row) {
  std::vector<MapNotes> notes(figure.size());
  Reference reference;
  for (std::size_t i = 0; i < figure.size(); ++i) {
    const bool is_reference = in_row > 0 ? i % in_row == 0 : i == 0;
    maps.visit(figure[i], [&](const Run& sample, const ArtifactView& artifact, const maps::StoredMap& map) {
      if (is_reference) {
        reference = {{}, map.map.width, map.map.height};
        if (map.degenerate.empty()) reference.values.assign(map.map.values.begin(), map.map.values.end());
      } else {
        notes[i].correlation = correlation_with(reference, map);
      }
      if (map.degenerate.empty()) notes[i].score = score_words(sample, artifact, map.place);
    });
  }
  return notes;
}

std::vector<std::string> agreement_remarks(const std::vector<MapNotes>& notes, std::size_t in_row) {
  const auto any = [&](std::string MapNotes::*member) {
    return std::any_of(notes.begin(), notes.end(), [&](const MapNotes& of) { return !(of.*member).empty(); });
  };
  std::vector<std::string> remarks;
  if (any(&MapNotes::correlation)) {
    remarks.push_back(
        fmt::format("\u03c1: Spearman\u2019s rank correlation with the first map{}", in_row > 0 ? " of the row" : ""));
  }
  if (any(&MapNotes::score)) {
    remarks.push_back(
        "pointing: the share of the hottest cells that lies in a known box; centre, random: the same of the cells "
        "nearest to the picture\u2019s centre, and of all cells, which is what a random map scores on average");
  }
  return remarks;
}

}  // namespace ocellus::grid
