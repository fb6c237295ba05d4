#include "plugins/methods/match_score/retrieval_measures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocellus::methods {
namespace {

using ::testing::ElementsAre;

// A query of `n` candidates whose right one stands at `rank`; 0 = the right one is not among them.
RankedQuery query(size_t n, size_t rank) {
  RankedQuery made;
  made.best_first.resize(n);
  for (size_t place = 0; place < n; ++place) made.best_first[place].is_right = place + 1 == rank;
  return made;
}

TEST(RetrievalMeasures, RecallAndReciprocalRank) {
  const RetrievalMeasures measures = measure({query(20, 1), query(20, 3), query(20, 10), query(20, 11)});
  EXPECT_EQ(measures.n, 4);
  EXPECT_EQ(measures.left_out, 0);
  EXPECT_THAT(measures.recall, ElementsAre(0.25, 0.5, 0.75));
  EXPECT_DOUBLE_EQ(measures.mrr, (1 + 1.0 / 3 + 0.1 + 1.0 / 11) / 4);
}

TEST(RetrievalMeasures, AQueryWhoseRightCandidateWasNotScoredIsLeftOut) {
  RankedQuery unknown;
  unknown.best_first.resize(3);
  const RetrievalMeasures measures = measure({query(5, 1), query(5, 0), unknown});
  EXPECT_EQ(measures.n, 1);
  EXPECT_EQ(measures.left_out, 1);
  EXPECT_THAT(measures.recall, ElementsAre(1, 1, 1));
  EXPECT_EQ(measures.mrr, 1);
}

TEST(RetrievalMeasures, OfNothingNothingIsDivided) {
  const RetrievalMeasures measures = measure({query(5, 0)});
  EXPECT_EQ(measures.n, 0);
  EXPECT_EQ(measures.mrr, 0);
}

}  // namespace
}  // namespace ocellus::methods
