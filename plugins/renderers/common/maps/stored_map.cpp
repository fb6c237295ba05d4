#include "plugins/renderers/common/maps/stored_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>
#include <string_view>

namespace ocellus::maps {
namespace {

constexpr const char* kStack = "heatmap-stack/1";

[[noreturn]] void refuse(const ArtifactView& artifact, std::string_view reason) {
  throw Error(OC_E_INTERNAL,
              fmt::format("the {} of {} cannot be drawn: {}", artifact.type(), artifact.label(), reason));
}

int side(const ArtifactView& artifact, int64_t cells) {
  if (cells < 1 || cells > std::numeric_limits<int16_t>::max()) {
    refuse(artifact, fmt::format("a map has {} cells along a side", cells));
  }
  return static_cast<int>(cells);
}

// Throws unless the artifact has a rectangle for every cell of a map.
TensorView<float> cells_of(const ArtifactView& artifact, int rows, int columns) {
  if (!artifact.has("cells")) refuse(artifact, "its array `cells`, the place of every cell in the picture, is missing");
  TensorView<float> cells = artifact.tensor<float>("cells");
  if (cells.shape() != std::vector<int64_t>{rows, columns, 4}) {
    refuse(artifact, fmt::format("its array `cells` is not {} x {} x 4", rows, columns));
  }
  return cells;
}

std::string image_group(const ArtifactView& artifact) {
  return fmt::format("image{}", artifact.image());
}

// Where the artifact as a whole says of which layers it is.
void name_layers(const ArtifactView& artifact, StoredMap& stored) {
  if (const double layer = artifact.number("layer"); layer >= 0 && layer <= std::numeric_limits<int32_t>::max()) {
    stored.layer = static_cast<int64_t>(layer);
    stored.layers = fmt::format("layer {}", *stored.layer);
  } else if (const std::string layers = artifact.text("layers"); !layers.empty()) {
    const std::string how = artifact.text("layers.how");
    stored.layers = fmt::format("{} layers {}", how.empty() ? "mean of" : how, layers);
  }
}

StoredMap single_map(const ArtifactView& artifact, const StoredMap& frame) {
  StoredMap stored = frame;
  name_layers(artifact, stored);
  const double mass = artifact.number(("mass." + image_group(artifact)).c_str());
  if (std::isfinite(mass)) stored.on_image = mass;
  return stored;
}

// Column of the artifact's `mass` that counts its own image; none where it is not recorded.
std::optional<size_t> mass_column(const ArtifactView& artifact) {
  if (!artifact.has("mass")) return std::nullopt;
  std::istringstream names(artifact.text("mass_groups"));
  const std::string wanted = image_group(artifact);
  size_t column = 0;
  for (std::string name; names >> name; ++column) {
    if (name == wanted) return column;
  }
  return std::nullopt;
}

std::vector<StoredMap> stacked_maps(const ArtifactView& artifact, std::span<const float> values, size_t count,
                                    const StoredMap& frame) {
  const TensorView<int64_t> index = artifact.tensor<int64_t>("index");
  if (index.shape() != std::vector<int64_t>{static_cast<int64_t>(count)}) {
    refuse(artifact, fmt::format("its array `index` does not name its {} maps", count));
  }
  const std::string axis = artifact.text("axis");
  const std::optional<size_t> column = mass_column(artifact);
  std::vector<StoredMap> maps;
  for (size_t k = 0; k < count; ++k) {
    StoredMap stored = frame;
    stored.map.values = values.subspan(k * (values.size() / count), values.size() / count);
    const int64_t number = index(k);
    stored.axis = axis;
    stored.number = number;
    stored.place = k;
    if (axis == "layer") {
      if (number < 0 || number > std::numeric_limits<int32_t>::max()) {
        refuse(artifact, fmt::format("there is no layer {}", number));
      }
      stored.file_layer = static_cast<int32_t>(number);
      stored.layer = number;
      stored.layers = fmt::format("layer {}", number);
    } else {
      stored.file_part = fmt::format("{}{}", axis, number);
      stored.step = fmt::format("{} {}", axis, number);
      name_layers(artifact, stored);
    }
    stored.degenerate = artifact.text(fmt::format("degenerate.{}", number).c_str(), frame.degenerate.c_str());
    if (column) {
      const TensorView<float> mass = artifact.tensor<float>("mass");
      const std::vector<int64_t>& shape = mass.shape();
      if (shape.size() != 2 || shape[0] != static_cast<int64_t>(count) || shape[1] <= static_cast<int64_t>(*column)) {
        refuse(artifact, "its array `mass` does not fit `mass_groups`");
      }
      stored.on_image = mass(k, *column);
    }
    maps.push_back(std::move(stored));
  }
  return maps;
}

}  // namespace

std::vector<StoredMap> maps_of(const ArtifactView& artifact) {
  const bool stack = artifact.type() == kStack;
  if (artifact.image() < 0) refuse(artifact, "it belongs to no picture");
  const TensorView<float> values = artifact.tensor<float>("values");
  const std::vector<int64_t>& shape = values.shape();
  if (shape.size() != (stack ? 3U : 2U) || values.size() < 1) {
    refuse(artifact, fmt::format("its array `values` has {} axes and {} values", shape.size(), values.size()));
  }
  StoredMap frame;
  frame.map.height = side(artifact, shape[shape.size() - 2]);
  frame.map.width = side(artifact, shape.back());
  frame.extent = drawing::bounds_of(cells_of(artifact, frame.map.height, frame.map.width).flat());
  frame.degenerate = artifact.text("degenerate");
  if (stack) return stacked_maps(artifact, values.flat(), static_cast<size_t>(shape.front()), frame);
  frame.map.values = values.flat();
  return {single_map(artifact, frame)};
}

std::vector<HotCell> hottest_cells(const ArtifactView& artifact, const drawing::ScalarMap& map, size_t count) {
  const auto [coldest, hottest] = std::minmax_element(map.values.begin(), map.values.end());
  if (*coldest == *hottest) return {};
  std::vector<int> order(map.values.size());
  std::iota(order.begin(), order.end(), 0);
  count = std::min(count, order.size());
  const auto value = [&map](int at) { return map.values[static_cast<size_t>(at)]; };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&value](int a, int b) { return value(a) != value(b) ? value(a) > value(b) : a < b; });
  const TensorView<float> places = cells_of(artifact, map.height, map.width);
  std::vector<HotCell> cells;
  for (size_t k = 0; k < count; ++k) {
    const int row = order[k] / map.width, column = order[k] % map.width;
    const std::span<const float> corners = places.row(row, column);
    cells.push_back({row, column, value(order[k]), {corners[0], corners[1], corners[2], corners[3]}});
  }
  return cells;
}

}  // namespace ocellus::maps
