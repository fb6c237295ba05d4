// Serves OC_PROBE_ATTENTION_GRADIENT: picks what was asked for out of the blocks of one layer's way back.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <ocellus/sdk/model.hpp>
#include <vector>

#include "plugins/models/common/captures/mass_record.hpp"
#include "plugins/models/common/transformer/row_reader.hpp"

namespace ocellus::models {

// What the queries and keys of one call of the kernel are among the tokens of their stack.
struct CallTokens {
  int64_t stack;             // tokens of the stack: keys that an answer to "all" has
  int64_t first = 0;         // query 0, and the first key behind the guests
  int64_t count = stack;     // queries, and keys behind the guests
  TokenRun guests = {0, 0};  // keys before these
  bool causal = true;        // no query sees a key behind itself
};

class AttentionGradientReader final : public GradientReader {
 public:
  // Of one layer and draw. Tokens that are no keys of the call, or not seen, have probability and gradient 0. All but
  // the numbers are borrowed.
  AttentionGradientReader(const oc_gradient_plan& plan, const Sink& sink, int64_t layer, int64_t draw,
                          const CallTokens& tokens);

  bool wants(int64_t first_row, int64_t rows) const override;
  void read(const AttentionGradientTile& tile) override;

 private:
  void deliver(const oc_merged_probe& wish, const std::vector<int64_t>& rows, const AttentionGradientTile& tile) const;
  // Of each of `tokens`, its place among the call's keys, or -1.
  std::vector<int64_t> places_of(const std::vector<int64_t>& tokens) const;

  std::vector<const oc_merged_probe*> wishes_;
  const Sink& sink_;
  int64_t layer_, draw_;
  CallTokens tokens_;
};

}  // namespace ocellus::models
