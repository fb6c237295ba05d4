#include "plugins/methods/match_score/retrieval_measures.hpp"

#include <iterator>

namespace ocellus::methods {

RetrievalMeasures measure(const std::vector<RankedQuery>& queries) {
  RetrievalMeasures measures;
  measures.recall.resize(std::size(recall_depths));
  for (const RankedQuery& query : queries) {
    if (!query.has_truth()) continue;
    const int64_t rank = query.rank_of_truth();
    if (rank == 0) {
      ++measures.left_out;
      continue;
    }
    ++measures.n;
    measures.mrr += 1 / static_cast<double>(rank);
    for (size_t i = 0; i < measures.recall.size(); ++i) measures.recall[i] += rank <= recall_depths[i] ? 1 : 0;
  }
  if (measures.n == 0) return measures;
  measures.mrr /= static_cast<double>(measures.n);
  for (double& share : measures.recall) share /= static_cast<double>(measures.n);
  return measures;
}

}  // namespace ocellus::methods
