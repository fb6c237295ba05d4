// The options that all renderers of maps share, and what they come to.
#pragma once

#include <algorithm>
#include <ocellus/sdk/options.hpp>
#include <ocellus/sdk/run.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/common/map_view.hpp"
#include "plugins/renderers/common/maps/stored_map.hpp"

namespace ocellus::maps {

template <class T>
std::vector<T> without_repetitions(const std::vector<T>& values) {
  std::vector<T> distinct;
  for (const T& value : values) {
    if (std::find(distinct.begin(), distinct.end(), value) == distinct.end()) distinct.push_back(value);
  }
  return distinct;
}

struct MapOptions : OptionSet {
  explicit MapOptions(const char* default_dpi) : dpi(*this, "dpi", default_dpi, "pixels an inch", 50, 1200) {}

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
  ChoiceOption patches{*this,
                       "patches",
                       "none",
                       "borders between the cells of a map, where it lies over its picture",
                       {{"none", "no lines"}, {"dashed", "thin dashed lines"}}};
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
  IntegerOption dpi;

  // Throws OC_E_OPTION for values that cannot go together, and for a font that is not there.
  void check() const;

  std::optional<float> low() const;   // of vmin
  std::optional<float> high() const;  // of vmax
  const drawing::Colormap& colours() const { return drawing::Colormap::by_name(colormap.value()); }
  bool has_cell_borders() const { return patches.value() == "dashed"; }
  drawing::Interpolation sampling() const {
    return interpolation.value() == "cells" ? drawing::Interpolation::nearest : drawing::Interpolation::bilinear;
  }

  // The map on its picture, with the boxes that are asked for. Borrows the artifact and the picture.
  drawing::MapView view_of(const Run& run, const ArtifactView& artifact, const StoredMap& map) const;
};

}  // namespace ocellus::maps
