// A stored histograms/1 as this renderer reads it.
#pragma once

#include <cstdint>
#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

namespace ocellus::histogram {

// One series' numbers in one group.
struct Cell {
  std::vector<double> shares;  // of the series' values in each bin
  int64_t n = 0;
  double mean = 0, median = 0, std = 0, min = 0, max = 0;
  double low = 0, high = 0;  // 95 % interval of the mean; the mean itself where there is none
};

struct Group {
  std::string category;           // empty = all
  int64_t layer = -1, head = -1;  // -1 = all
  std::vector<Cell> series;
};

struct Distributions {
  const ArtifactView* artifact = nullptr;
  std::string run, model;
  int64_t samples = 0;
  std::vector<double> edges;
  std::vector<std::string> series, titles;  // names, and what they are in words
  std::vector<Group> groups;

  // NULL = the run has no such group.
  const Group* find(const std::string& category, int64_t layer, int64_t head = -1) const;
  std::vector<std::string> categories() const;
  std::vector<int64_t> layers() const;
  std::vector<int64_t> heads() const;
};

// Borrows the artifact.
Distributions read_distributions(const Run& run, const ArtifactView& artifact);

}  // namespace ocellus::histogram
