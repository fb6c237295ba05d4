// The mean of numbers that come one by one.
#pragma once

#include <cstddef>

namespace ocellus::statistics {

// In one pass (Welford, Note on a method for calculating corrected sums of squares and products, 1962).
class Mean {
 public:
  void add(double value);
  size_t n() const { return n_; }
  // NaN of no number.
  double value() const;
  // Standard error of the mean; NaN of fewer than two numbers.
  double error() const;

 private:
  size_t n_ = 0;
  double mean_ = 0, squares_ = 0;
};

}  // namespace ocellus::statistics
