// Which candidate matches a query best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ocellus::methods {

// What is known of a pair of query and candidate.
struct Match {
  std::string sample;                            // its folder
  std::string query, candidate;                  // ids
  std::string question;                          // text of the query
  std::string file;                              // name of the candidate's picture
  int64_t query_index = 0, candidate_index = 0;  // places in their lists, from 0
  double score = 0, floored = 0, entropy = 0, margin = 0, two_way = 0;
  std::optional<bool> is_right;  // none = the query has no truth
};

// The matches of one query, best first: by the larger score (floored, or as it is), then by the smaller entropy, then
// by the place in the list.
struct RankedQuery {
  std::vector<Match> best_first;

  // The rank, from 1, of the first right candidate; 0 = none of the right ones was scored, or no truth is known.
  int64_t rank_of_truth() const;
  bool has_truth() const;
};

// By query, in the order of their list.
std::vector<RankedQuery> rank_candidates(std::vector<Match> matches, bool by_floored);

}  // namespace ocellus::methods
