// What a plan's knock-out blocks in each layer of the decoder, for rows on their way through it.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <optional>

#include "plugins/models/common/transformer/knockout.hpp"

namespace ocellus::models {

class KnockoutPlan {
 public:
  // `knockout` may be NULL: nothing is blocked. It is borrowed.
  KnockoutPlan(const oc_merged_knockout* knockout, int64_t prompt_tokens)
      : knockout_(knockout), prompt_tokens_(prompt_tokens) {}

  // Of the rows first .. first+count-1 in this layer; none if nothing of them is blocked. Rows of the answer come one
  // by one.
  std::optional<Knockout> of(int64_t layer, int64_t first, int64_t count) const;

  // Is anything blocked for a row before `row`, of the prompt?
  bool acts_before(int64_t row) const;

 private:
  bool blocks_step(int64_t step) const;

  const oc_merged_knockout* knockout_;
  int64_t prompt_tokens_;
};

}  // namespace ocellus::models
