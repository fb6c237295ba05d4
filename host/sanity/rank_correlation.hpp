// Spearman's rank correlation.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace ocellus::sanity {

// Places in order of value, from 1; equal values share the mean of theirs.
std::vector<double> mean_ranks(std::span<const double> values);

// Pearson's correlation of the ranks, -1 to 1. None where it is not defined: fewer than two values, a side without any
// difference, or a value that is not finite. Both sides have the same number of values.
std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace ocellus::sanity
