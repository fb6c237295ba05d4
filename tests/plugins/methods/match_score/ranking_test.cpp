#include "plugins/methods/match_score/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocellus::methods {
namespace {

using ::testing::ElementsAre;

Match match(int64_t query, int64_t candidate, double score, double floored, double entropy) {
  Match made;
  made.query_index = query;
  made.candidate_index = candidate;
  made.score = score;
  made.floored = floored;
  made.entropy = entropy;
  return made;
}

std::vector<int64_t> order(const RankedQuery& query) {
  std::vector<int64_t> indices;
  for (const Match& one : query.best_first) indices.push_back(one.candidate_index);
  return indices;
}

TEST(Ranking, TheFlooredScoreDecidesThenTheSmallerEntropy) {
  const std::vector<Match> matches{match(0, 0, 0.919, 0.91, 0.3), match(0, 1, 0.911, 0.91, 0.2),
                                   match(0, 2, 0.5, 0.5, 0.1)};
  EXPECT_THAT(order(rank_candidates(matches, true).at(0)), ElementsAre(1, 0, 2));
  EXPECT_THAT(order(rank_candidates(matches, false).at(0)), ElementsAre(0, 1, 2));
}

TEST(Ranking, OfAFullTieTheFirstInTheListComesFirst) {
  const std::vector<Match> matches{match(0, 2, 0.9, 0.9, 0.1), match(0, 0, 0.9, 0.9, 0.1), match(0, 1, 0.9, 0.9, 0.1)};
  EXPECT_THAT(order(rank_candidates(matches, true).at(0)), ElementsAre(0, 1, 2));
  EXPECT_THAT(order(rank_candidates(matches, false).at(0)), ElementsAre(0, 1, 2));
}

TEST(Ranking, QueriesStandInTheOrderOfTheirList) {
  const std::vector<RankedQuery> queries =
      rank_candidates({match(7, 0, 0.1, 0.1, 1), match(3, 0, 0.2, 0.2, 1), match(7, 1, 0.3, 0.3, 1)}, true);
  ASSERT_EQ(queries.size(), 2u);
  EXPECT_EQ(queries[0].best_first[0].query_index, 3);
  EXPECT_THAT(order(queries[1]), ElementsAre(1, 0));
}

TEST(Ranking, NothingIsRankedAsNothing) {
  EXPECT_TRUE(rank_candidates({}, true).empty());
}

TEST(Ranking, KnowsWhereTheTruthStands) {
  std::vector<Match> matches{match(0, 0, 0.9, 0.9, 0), match(0, 1, 0.8, 0.8, 0), match(0, 2, 0.7, 0.7, 0)};
  EXPECT_FALSE(rank_candidates(matches, true).at(0).has_truth());
  EXPECT_EQ(rank_candidates(matches, true).at(0).rank_of_truth(), 0);
  for (Match& one : matches) one.is_right = one.candidate_index > 0;
  EXPECT_EQ(rank_candidates(matches, true).at(0).rank_of_truth(), 2);
  for (Match& one : matches) one.is_right = false;
  EXPECT_TRUE(rank_candidates(matches, true).at(0).has_truth());
  EXPECT_EQ(rank_candidates(matches, true).at(0).rank_of_truth(), 0);
}

}  // namespace
}  // namespace ocellus::methods
