#include "plugins/methods/match_score/ranking.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ocellus::methods {

int64_t RankedQuery::rank_of_truth() const {
  const auto right =
      std::find_if(best_first.begin(), best_first.end(), [](const Match& match) { return match.is_right == true; });
  return right == best_first.end() ? 0 : right - best_first.begin() + 1;
}

bool RankedQuery::has_truth() const {
  return std::any_of(best_first.begin(), best_first.end(),
                     [](const Match& match) { return match.is_right.has_value(); });
}

std::vector<RankedQuery> rank_candidates(std::vector<Match> matches, bool by_floored) {
  const auto place = [&](const Match& match) {
    return std::tuple(match.query_index, -(by_floored ? match.floored : match.score), match.entropy,
                      match.candidate_index);
  };
  std::stable_sort(matches.begin(), matches.end(),
                   [&](const Match& left, const Match& right) { return place(left) < place(right); });
  std::vector<RankedQuery> queries;
  for (Match& match : matches) {
    const bool is_new = queries.empty() || queries.back().best_first.front().query_index != match.query_index;
    if (is_new) queries.emplace_back();
    queries.back().best_first.push_back(std::move(match));
  }
  return queries;
}

}  // namespace ocellus::methods
