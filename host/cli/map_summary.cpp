#include "host/cli/map_summary.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>

namespace ocellus::cli {
namespace {

const store::Array* find(const store::ArtifactData& artifact, std::string_view key) {
  for (const auto& [name, array] : artifact.tensors) {
    if (name == key) return &array;
  }
  return nullptr;
}

template <class T>
std::vector<T> values_of(const store::Array& array) {
  std::vector<T> values(array.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

}  // namespace

std::vector<MapSummary> summarise_maps(const store::ArtifactData& artifact) {
  std::vector<MapSummary> summaries;
  const store::Array* array = find(artifact, "values");
  const bool stack = artifact.type == "heatmap-stack/1";
  if (array == nullptr || (!stack && artifact.type != "heatmap/1")) return summaries;
  const std::vector<float> values = values_of<float>(*array);
  const int64_t rows = array->shape[array->shape.size() - 2], cols = array->shape.back();
  const std::vector<float> cells =
      find(artifact, "cells") != nullptr ? values_of<float>(*find(artifact, "cells")) : std::vector<float>{};
  const std::vector<int64_t> index = stack ? values_of<int64_t>(*find(artifact, "index")) : std::vector<int64_t>{};
  const size_t n_cells = static_cast<size_t>(rows * cols);
  for (size_t map = 0; map * n_cells < values.size(); ++map) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(map * n_cells),
               end = begin + static_cast<std::ptrdiff_t>(n_cells);
    MapSummary summary;
    summary.rows = rows;
    summary.cols = cols;
    summary.min = *std::min_element(begin, end);
    const auto hottest = std::max_element(begin, end);
    summary.max = *hottest;
    summary.mean = std::accumulate(begin, end, 0.0) / static_cast<double>(n_cells);
    const size_t at = static_cast<size_t>(hottest - begin);
    summary.row = static_cast<int64_t>(at) / cols;
    summary.col = static_cast<int64_t>(at) % cols;
    if (cells.size() == n_cells * 4) {
      summary.x0 = cells[at * 4], summary.y0 = cells[at * 4 + 1], summary.x1 = cells[at * 4 + 2],
      summary.y1 = cells[at * 4 + 3];
    }
    if (stack) {
      summary.layer = index[map];
    } else {
      for (const auto& [key, value] : artifact.numbers) {
        if (key == "layer") summary.layer = static_cast<int64_t>(value);
      }
    }
    summaries.push_back(summary);
  }
  return summaries;
}

}  // namespace ocellus::cli
