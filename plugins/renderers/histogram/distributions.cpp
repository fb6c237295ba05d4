#include "plugins/renderers/histogram/distributions.hpp"

#include <algorithm>
#include <cmath>

namespace ocellus::histogram {
namespace {

// The distinct values of `member` that are not `none`, in order.
template <class T>
std::vector<T> distinct(const std::vector<Group>& groups, T Group::*member, const T& none) {
  std::vector<T> values;
  for (const Group& group : groups) {
    const T& value = group.*member;
    if (value != none && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  return values;
}

}  // namespace

const Group* Distributions::find(const std::string& category, int64_t layer, int64_t head) const {
  const auto at = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
    return group.category == category && group.layer == layer && group.head == head;
  });
  return at != groups.end() ? &*at : nullptr;
}

std::vector<std::string> Distributions::categories() const {
  return distinct(groups, &Group::category, std::string());
}
std::vector<int64_t> Distributions::layers() const {
  return distinct(groups, &Group::layer, int64_t{-1});
}
std::vector<int64_t> Distributions::heads() const {
  return distinct(groups, &Group::head, int64_t{-1});
}

Distributions read_distributions(const Run& run, const ArtifactView& artifact) {
  Distributions of;
  of.artifact = &artifact;
  of.run = run.source_of(artifact, "run");
  of.model = run.source_of(artifact, "model");
  of.samples = static_cast<int64_t>(artifact.number("samples", 0));
  const std::span<const float> edges = artifact.tensor<float>("edges").flat();
  of.edges.assign(edges.begin(), edges.end());
  of.series = lines_of(artifact.text("series"));
  of.titles = artifact.text("titles").empty() ? of.series : lines_of(artifact.text("titles"));
  of.titles.resize(of.series.size());
  const std::vector<std::string> categories = lines_of(artifact.text("category"));
  const auto layers = artifact.tensor<int64_t>("layer"), heads = artifact.tensor<int64_t>("head"),
             counts = artifact.tensor<int64_t>("counts"), n = artifact.tensor<int64_t>("n");
  const auto number = [&](const char* key, size_t group, size_t series) {
    return static_cast<double>(artifact.tensor<float>(key)(group, series));
  };
  for (size_t i = 0; i < categories.size(); ++i) {
    Group& group = of.groups.emplace_back(Group{categories[i], layers(i), heads(i), {}});
    for (size_t series = 0; series < of.series.size(); ++series) {
      Cell& cell = group.series.emplace_back();
      cell.n = n(i, series);
      for (const int64_t count : counts.row(i, series))
        cell.shares.push_back(cell.n > 0 ? static_cast<double>(count) / static_cast<double>(cell.n) : 0.0);
      cell.mean = number("mean", i, series);
      cell.median = number("median", i, series);
      cell.std = number("std", i, series);
      cell.min = number("min", i, series);
      cell.max = number("max", i, series);
      cell.low = cell.high = cell.mean;
      if (artifact.has("ci_low") && artifact.has("ci_high") && std::isfinite(number("ci_low", i, series))) {
        cell.low = number("ci_low", i, series);
        cell.high = number("ci_high", i, series);
      }
    }
  }
  return of;
}

}  // namespace ocellus::histogram
