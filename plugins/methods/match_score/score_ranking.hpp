// match-score over all samples: for each query its candidates, best first, and how often the right one is found
// (docs/ranking.md).
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/reduction.hpp>
#include <string>
#include <vector>

#include "plugins/methods/match_score/options.hpp"
#include "plugins/methods/match_score/ranking.hpp"

namespace ocellus::methods {

class ScoreRanking : public Reduction {
 public:
  MatchScoreOptions options;

  void add(const Run& run, const std::vector<ArtifactView>& artifacts) override;
  void conclude(const Run& run) override;

 private:
  void describe_pair(const Run& run, Match& match) const;
  void describe_sample(const Run& run, Match& match);

  std::vector<Match> matches_;
  std::map<std::string, int64_t> questions_;  // of samples that are no pairs: their places, in order of appearance
};

}  // namespace ocellus::methods
