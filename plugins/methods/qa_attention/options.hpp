// The options of qa-attention, for both of its tables.
#pragma once

#include <ocellus/sdk/options.hpp>

namespace ocellus::methods {

struct QaAttentionOptions : OptionSet {
  IndexSetOption layers{*this, "layers", "-1", "several give a stack in the order written"};
  ChoiceOption reduce{*this,
                      "reduce",
                      "none",
                      "what to do with several layers",
                      {{"none", "keep a stack"}, {"mean", "average them into one map"}}};
  IndexOption heads{*this,
                    "heads",
                    "mean",
                    "what to do with the heads, or the number of one",
                    {{"mean", "average"}, {"max", "largest of each cell"}}};
  ChoiceOption query{*this,
                     "query",
                     "cls",
                     "whose rows, in a vision tower",
                     {{"cls", "the class token's"}, {"patches", "those of all patches, averaged"}}};
  ChoiceOption blind{*this,
                     "blind",
                     "refuse",
                     "layers that do not see the question",
                     {{"refuse", "are refused"}, {"label", "are shown, and said to be so"}}};
  TextOption difference{*this, "difference", "", "another question, whose map is taken away"};
  BoolOption double_softmax{*this, "double-softmax", "off",
                            "softmax of what is a softmax already, as the published tool has it"};
};

}  // namespace ocellus::methods
