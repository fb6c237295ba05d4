// The options of head-stats, for both of its tables.
#pragma once

#include <ocellus/sdk/options.hpp>

namespace ocellus::methods {

struct HeadStatsOptions : OptionSet {
  IndexSetOption layers{*this, "layers", "all", "layers to measure; of a vision tower, those that see the question"};
  ChoiceOption text_group{
      *this,
      "text-group",
      "honest",
      "which tokens are text in the main numbers; those of the other choice are stored beside them",
      {{"honest", "all but BOS or first token, system message and image"},
       {"upstream", "all but image and system message, BOS included, as in the published numbers"}}};
  RealOption bin_width{*this, "bin-width", "0.05", "of the histograms over all samples", 0.001, 2};
  RealOption range_min{*this, "range-min", "0", "where the first bin begins", 0, 0.999};
  RealOption range_max{*this, "range-max", "1", "where the last bin ends", 0.001, 2};
  IntegerOption bootstrap{
      *this, "bootstrap", "1000", "draws of samples for the 95 % interval of each mean; 0 = no intervals", 0, 100000};
  IntegerOption bootstrap_seed{*this, "bootstrap-seed", "0", "names the draws; equal ones are equal", 0, 999999};
  RealOption low{*this,  "low",
                 "0.05", "how near to 0 is low, and how near to 0 or 1 is extreme, where unusual heads are flagged",
                 0,      0.5};
};

}  // namespace ocellus::methods
