#include "plugins/renderers/common/maps/map_options.hpp"

#include "plugins/renderers/common/fonts.hpp"
#include "plugins/renderers/common/maps/marks.hpp"
#include "plugins/renderers/common/maps/numbers.hpp"

namespace ocellus::maps {

void MapOptions::check() const {
  const std::optional<float> first = low(), last = high();
  if (first && last && *first >= *last) throw Error(OC_E_OPTION, "vmin must be smaller than vmax");
  if (const std::string family = font.value(); !family.empty()) drawing::expect_font_family(family);
}

std::optional<float> MapOptions::low() const {
  return number_of("vmin", vmin.value());
}

std::optional<float> MapOptions::high() const {
  return number_of("vmax", vmax.value());
}

drawing::MapView MapOptions::view_of(const Run& run, const ArtifactView& artifact, const StoredMap& map) const {
  const oc_image picture = run.picture(artifact.image());
  drawing::MapView view;
  view.source = {{picture.rgb, size_t{picture.width} * picture.height * 3},
                 static_cast<int>(picture.width),
                 static_cast<int>(picture.height)};
  view.map = map.map;
  view.extent = map.extent;
  view.degenerate = map.degenerate;
  if (boxes.value()) view.marks = box_marks(run, artifact);
  return view;
}

}  // namespace ocellus::maps
