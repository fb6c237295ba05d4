// head-stats over all samples: histograms, moments, intervals and rankings of the heads (docs/methods.md).
#pragma once

#include <ocellus/sdk/reduction.hpp>

#include "plugins/methods/head_stats/head_records.hpp"
#include "plugins/methods/head_stats/options.hpp"

namespace ocellus::methods {

class HeadStatistics : public Reduction {
 public:
  HeadStatsOptions options;

  void add(const Run& run, const std::vector<ArtifactView>& artifacts) override;
  void conclude(const Run& run) override;

 private:
  HeadRecords records_;
  std::vector<std::string> titles_;  // of the quantities
  std::string text_group_;
};

}  // namespace ocellus::methods
