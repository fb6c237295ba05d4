#include "plugins/renderers/common/maps/marks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ocellus::maps {
namespace {

constexpr drawing::Rgb kBoxColour{0, 230, 255};
constexpr drawing::Rgb kHotColour{255, 255, 255};

}  // namespace

std::vector<drawing::Mark> box_marks(const Run& run, const ArtifactView& artifact) {
  const oc_image picture = run.picture(artifact.image());
  std::vector<drawing::Mark> marks;
  std::vector<std::string> labels;
  for (const oc_box& box : run.boxes()) {
    if (box.image != artifact.image()) continue;
    marks.push_back({{box.x0 / picture.width, box.y0 / picture.height, box.x1 / picture.width, box.y1 / picture.height},
                     kBoxColour});
    if (box.label != nullptr && *box.label != '\0') labels.emplace_back(box.label);
  }
  if (!marks.empty()) {
    marks.front().label = labels.empty() ? "known box" : fmt::format("known box: {}", fmt::join(labels, ", "));
  }
  return marks;
}

std::vector<drawing::Mark> top_marks(const ArtifactView& artifact, const StoredMap& map, size_t count) {
  if (!map.degenerate.empty()) return {};
  std::vector<drawing::Mark> marks;
  std::vector<std::string> facts;
  for (const HotCell& cell : hottest_cells(artifact, map.map, count)) {
    const size_t rank = marks.size() + 1;
    marks.push_back({cell.box, kHotColour, "", fmt::format("{} · {:.3g}", rank, cell.value), fmt::format("{}", rank)});
    // No line ends between a rank and its value.
    facts.push_back(fmt::format("{}\u00a0({},\u00a0{})\u00a0{:.3g}", rank, cell.row, cell.column, cell.value));
  }
  if (!marks.empty()) {
    marks.front().label = fmt::format("hottest cells, as rank (row, column) value: {}", fmt::join(facts, " · "));
  }
  return marks;
}

}  // namespace ocellus::maps
