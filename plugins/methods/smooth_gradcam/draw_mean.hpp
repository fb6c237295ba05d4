// The mean of the maps of several draws, and how far they scatter.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace ocellus::methods {

// Divides a map, none of whose cells is negative, by its largest value, then sets cells below `threshold` to 0. A map
// of zeros stays as it is. Returns the largest value.
double normalise(std::vector<double>& map, double threshold);

class DrawMean {
 public:
  // [cells]; all draws have as many.
  void add(const std::vector<double>& map);

  size_t draws() const { return draws_; }
  // Over the draws added; empty without one.
  std::vector<float> mean() const;
  // Of the mean, cell by cell: the sample's standard deviation over the root of the number of draws. Empty for fewer
  // than two draws.
  std::vector<float> standard_error() const;
  // The correlation to be expected between the maps of two draws: the intraclass correlation of cells in draws,
  // ICC(1) of Shrout and Fleiss, 1979. Near 1, one draw shows what the mean of many shows. Undefined for fewer than
  // two draws or cells, and where all values are equal.
  std::optional<double> agreement() const;

  static size_t bytes(size_t cells) { return 2 * sizeof(double) * cells; }

 private:
  double variance(size_t cell) const;

  std::vector<double> means_, squares_;  // [cells]; squares of deviations from the mean, after Welford, 1962
  size_t draws_ = 0;
};

}  // namespace ocellus::methods
