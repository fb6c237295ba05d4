// Options of match-score, for its samples and for its ranking over all of them.
#pragma once

#include <ocellus/sdk/options.hpp>

namespace ocellus::methods {

struct MatchScoreOptions : OptionSet {
  TextOption yes{*this, "yes", "True", "the answer whose probability is the score; one token"};
  TextOption no{*this, "no", "False", "the other answer, of margin and two_way; one token"};
  ChoiceOption compare{
      *this,
      "compare",
      "floored",
      "by what candidates are ranked; ties go to the smaller entropy, then to the first",
      {{"floored", "the score, its decimals behind the second cut off"}, {"raw", "the score as it is"}}};
};

}  // namespace ocellus::methods
