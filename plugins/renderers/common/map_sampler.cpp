#include "plugins/renderers/common/map_sampler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ocellus/sdk/error.hpp>

namespace ocellus::drawing {

void check(const ScalarMap& map) {
  if (map.width < 1 || map.height < 1 ||
      map.values.size() != static_cast<std::size_t>(map.width) * static_cast<std::size_t>(map.height)) {
    throw Error(OC_E_INTERNAL, fmt::format("a map of {} values cannot have {} rows of {} cells; its method is at fault",
                                           map.values.size(), map.height, map.width));
  }
  const auto bad = std::find_if_not(map.values.begin(), map.values.end(), [](float v) { return std::isfinite(v); });
  if (bad != map.values.end()) {
    const auto index = static_cast<int>(bad - map.values.begin());
    throw Error(OC_E_INTERNAL, fmt::format("the map's value at row {}, column {} is {}; its method is at fault",
                                           index / map.width, index % map.width, *bad));
  }
}

namespace {

void check(const Extent& extent) {
  const double sides[] = {extent.x1 - extent.x0, extent.y1 - extent.y0};
  for (const double side : sides) {
    if (!std::isfinite(side) || side <= 0.0) {
      throw Error(OC_E_INTERNAL,
                  fmt::format("the map's extent {} {} {} {} in the picture has no area; its model is at fault",
                              extent.x0, extent.y0, extent.x1, extent.y1));
    }
  }
}

}  // namespace

Extent bounds_of(std::span<const float> corners) {
  Extent bounds{corners[0], corners[1], corners[2], corners[3]};
  for (std::size_t at = 4; at < corners.size(); at += 4) {
    bounds.x0 = std::min(bounds.x0, double{corners[at]});
    bounds.y0 = std::min(bounds.y0, double{corners[at + 1]});
    bounds.x1 = std::max(bounds.x1, double{corners[at + 2]});
    bounds.y1 = std::max(bounds.y1, double{corners[at + 3]});
  }
  return bounds;
}

std::vector<int> cell_edges(int cells, double begin, double end, int pixels) {
  std::vector<int> edges(static_cast<std::size_t>(cells) + 1);
  for (int k = 0; k <= cells; ++k) {
    // Products before the quotient: for begin 0 and end 1 this is k * pixels / cells, rounded once.
    const double edge = begin * pixels + (end - begin) * k * pixels / cells;
    edges[static_cast<std::size_t>(k)] = static_cast<int>(std::clamp(std::floor(edge + 0.5), 0.0, 1.0 * pixels));
  }
  return edges;
}

std::vector<MapSampler::Tap> MapSampler::linear_taps(int cells, double begin, double end, int pixels) {
  std::vector<Tap> taps(static_cast<std::size_t>(pixels));
  for (int p = 0; p < pixels; ++p) {
    const double place = (p + 0.5) / pixels;
    if (place < begin || place >= end) continue;
    const double u = std::clamp((place - begin) / (end - begin) * cells - 0.5, 0.0, cells - 1.0);
    const int first = static_cast<int>(u);
    taps[static_cast<std::size_t>(p)] = {first, std::min(first + 1, cells - 1), static_cast<float>(u - first)};
  }
  return taps;
}

std::vector<MapSampler::Tap> MapSampler::nearest_taps(int cells, double begin, double end, int pixels) {
  std::vector<Tap> taps(static_cast<std::size_t>(pixels));
  const std::vector<int> edges = cell_edges(cells, begin, end, pixels);
  for (int k = 0; k < cells; ++k) {
    const auto from = taps.begin() + edges[static_cast<std::size_t>(k)];
    const auto to = taps.begin() + edges[static_cast<std::size_t>(k) + 1];
    std::fill(from, to, Tap{k, k, 0.0F});
  }
  return taps;
}

MapSampler::MapSampler(const ScalarMap& map, const Extent& extent, int width, int height, Interpolation interpolation)
    : map_(map) {
  check(map);
  check(extent);
  const auto taps = interpolation == Interpolation::bilinear ? linear_taps : nearest_taps;
  columns_ = taps(map.width, extent.x0, extent.x1, width);
  rows_ = taps(map.height, extent.y0, extent.y1, height);
}

void MapSampler::spread(int row, SpreadRow& out) const {
  const auto cells = static_cast<std::size_t>(map_.width);
  const std::span<const float> line = map_.values.subspan(static_cast<std::size_t>(row) * cells, cells);
  out.row = row;
  out.values.resize(columns_.size());
  for (std::size_t x = 0; x < columns_.size(); ++x) {
    const Tap& column = columns_[x];
    out.values[x] = column.first < 0 ? std::numeric_limits<float>::quiet_NaN()
                                     : std::lerp(line[static_cast<std::size_t>(column.first)],
                                                 line[static_cast<std::size_t>(column.second)], column.share);
  }
}

void MapSampler::sample_row(int y, std::span<float> out) {
  const Tap& row = rows_[static_cast<std::size_t>(y)];
  if (row.first < 0) {
    std::fill(out.begin(), out.end(), std::numeric_limits<float>::quiet_NaN());
    return;
  }
  if (lower_.row == row.first) std::swap(upper_, lower_);
  if (upper_.row != row.first) spread(row.first, upper_);
  if (lower_.row != row.second) spread(row.second, lower_);
  for (std::size_t x = 0; x < columns_.size(); ++x) out[x] = std::lerp(upper_.values[x], lower_.values[x], row.share);
}

}  // namespace ocellus::drawing
