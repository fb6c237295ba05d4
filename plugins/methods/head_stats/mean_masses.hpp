// Means of attention mass over sets of query rows, added up as the rows arrive.
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/method.hpp>
#include <vector>

namespace ocellus::methods {

// For one layer and head: the mean over `queries` of the mass on key group `keys`.
struct Measure {
  std::vector<int64_t> queries;  // token indices, not empty
  size_t keys = 0;               // index of a group of the probe
};

class MeanMasses {
 public:
  MeanMasses() = default;
  MeanMasses(std::vector<Measure> measures, int64_t n_tokens);

  // A piece of an attention-mass probe: [heads, rows, groups].
  void add(const Capture& piece);

  // [layers, heads], layers in the order given. Throws std::out_of_range for one that never arrived.
  std::vector<double> table(size_t measure, const std::vector<int64_t>& layers) const;

 private:
  std::vector<Measure> measures_;
  std::vector<std::vector<size_t>> of_row_;      // the measures that a row counts for
  std::map<int64_t, std::vector<double>> sums_;  // by layer: [measures, heads]
  size_t n_heads_ = 0;
};

}  // namespace ocellus::methods
