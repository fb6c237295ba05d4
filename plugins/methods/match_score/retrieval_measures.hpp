// How well a ranking finds what it should, over many queries.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/methods/match_score/ranking.hpp"

namespace ocellus::methods {

struct RetrievalMeasures {
  int64_t n = 0;               // queries with a right candidate that was scored
  int64_t left_out = 0;        // queries with a truth of which no candidate was scored
  std::vector<double> recall;  // for each of recall_depths: the share of queries with a right one among the best k
  double mrr = 0;              // mean reciprocal rank of the first right one
};

inline constexpr int64_t recall_depths[] = {1, 5, 10};

// Of the queries that have a truth.
RetrievalMeasures measure(const std::vector<RankedQuery>& queries);

}  // namespace ocellus::methods
