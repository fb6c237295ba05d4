// Curves of an artifact curves/1 (docs/output.md).
#pragma once

#include <cstdint>
#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

namespace ocellus::curves {

// Values for one order of cells, point by point.
struct StoredCurve {
  std::string label, source;  // source: "map", or a control: "random", "centre", "oracle"
  int64_t layer = -1;         // -1 = it is of none
  std::vector<double> x;      // share of cells masked, or revealed
  struct Line {
    std::vector<double> values;
    std::vector<double> errors;  // standard errors; empty of one sample
    double area = 0;
  };
  Line deletion, insertion;
  double gap = 0;  // area of insertion - area of deletion

  bool is_map() const { return source == "map"; }
};

std::vector<StoredCurve> curves_of(const ArtifactView& artifact);

}  // namespace ocellus::curves
