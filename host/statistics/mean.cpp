#include "host/statistics/mean.hpp"

#include <cmath>
#include <limits>

namespace ocellus::statistics {

void Mean::add(double value) {
  ++n_;
  const double before = value - mean_;
  mean_ += before / static_cast<double>(n_);
  squares_ += before * (value - mean_);
}

double Mean::value() const {
  return n_ > 0 ? mean_ : std::numeric_limits<double>::quiet_NaN();
}

double Mean::error() const {
  if (n_ < 2) return std::numeric_limits<double>::quiet_NaN();
  const auto n = static_cast<double>(n_);
  return std::sqrt(squares_ / (n - 1) / n);
}

}  // namespace ocellus::statistics
