// How far a mean over samples may be off: the percentile bootstrap (Efron and Tibshirani, An Introduction to the
// Bootstrap, 1993, section 13.3), which draws samples with replacement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ocellus::methods {

struct Interval {
  double low, high;
};

struct BootstrapSettings {
  int64_t draws = 1000;
  uint64_t seed = 0;
};

// 95 % intervals of the means of the columns of `values` [n_samples, n_columns]; NaN with fewer than two samples or
// without draws. Draw d takes the samples index(seed, d, 0), index(seed, d, 1), ...: pure functions of these numbers,
// so that neither threads nor the machine change them.
std::vector<Interval> bootstrap_means(std::span<const float> values, size_t n_samples, size_t n_columns,
                                      const BootstrapSettings& settings);

// A number of [0, n), all about equally likely.
size_t counted_index(uint64_t seed, uint64_t draw, uint64_t place, size_t n);

}  // namespace ocellus::methods
