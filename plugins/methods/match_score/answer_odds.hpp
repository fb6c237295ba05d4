// How likely one of two answers is, by the logits of the position that the answer follows.
#pragma once

#include <cstddef>
#include <span>

namespace ocellus::methods {

struct AnswerOdds {
  double yes, no;  // p, the softmax over all logits, at the two answers' tokens
  double entropy;  // - sum of p ln(p + 1e-10), in nats, over all of them
  double two_way;  // yes / (yes + no), of the two logits alone, so that it is defined where both are tiny
  double floored;  // yes with the decimals behind the second cut off
  double margin() const { return yes - no; }
};

// In double precision of float32 logits. The formulas of entropy and floored are those of the tool for retrieval that
// this method replaces.
AnswerOdds answer_odds(std::span<const float> logits, size_t yes, size_t no);

}  // namespace ocellus::methods
