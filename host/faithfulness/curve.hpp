// What becomes of the answer while cells are masked, or revealed, one share after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ocellus::faithfulness {

// What the model says to one input of a token of the answer, or of the answer.
struct Reply {
  double value = 0;       // the score of the token, or the mean over the answer's tokens
  int64_t likeliest = 0;  // the likeliest token in its place, or in that of the first, before penalties
};

struct Curve {
  std::vector<double> x;          // share of the visible cells that are masked (deletion) or revealed (insertion)
  std::vector<double> deletion;   // values while the first cells of an order are masked
  std::vector<double> insertion;  // while they alone are to be seen
  std::vector<int64_t> tokens;    // the likeliest token at each point of deletion
};

// Curves by trapezoids. All but `flips` are of [0, 1] where values are probabilities.
struct Areas {
  double insertion = 0, deletion = 0;
  double gap = 0;        // insertion - deletion
  double flip_area = 1;  // the smallest share masked that changes the likeliest token; 1 if none does
  double flips = 0;      // 1 if it ever changes; a mean of areas has a share here
};

// By the names they have in files: "insertion", ...
struct AreaName {
  const char* name;
  double Areas::*member;
};
std::span<const AreaName> area_names();

// How many cells the points 0 ... steps of a curve have masked: equal shares, to the nearest cell.
std::vector<size_t> masked_counts(size_t cells, size_t steps);

double trapezoid(std::span<const double> x, std::span<const double> y);

Areas areas_of(const Curve& curve);

Areas mean_of(std::span<const Areas> areas);
Curve mean_of(std::span<const Curve> curves);  // of the same x; without tokens

}  // namespace ocellus::faithfulness
