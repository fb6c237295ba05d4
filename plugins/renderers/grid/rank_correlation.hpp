// How alike two maps are, whatever their scales.
#pragma once

#include <optional>
#include <span>

namespace ocellus::grid {

// Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of their ranks; in [-1, 1]. None
// where it is not defined: for maps of different size, of fewer than two values, or of one value alone.
std::optional<double> rank_correlation(std::span<const float> a, std::span<const float> b);

}  // namespace ocellus::grid
