// Serves OC_PROBE_ATTENTION_GRADIENT: picks what was asked for out of the blocks of one layer's way back.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <ocellus/sdk/model.hpp>
#include <vector>

#include "plugins/models/common/transformer/row_reader.hpp"

namespace ocellus::models {

class AttentionGradientReader final : public GradientReader {
 public:
  // Of one layer and draw, whose queries and keys are the same `tokens` from token 0 on and see none behind themselves.
  // All but the numbers are borrowed.
  AttentionGradientReader(const oc_gradient_plan& plan, const Sink& sink, int64_t layer, int64_t draw, int64_t tokens);

  bool wants(int64_t first_row, int64_t rows) const override;
  void read(const AttentionGradientTile& tile) override;

 private:
  void deliver(const oc_merged_probe& wish, const std::vector<int64_t>& rows, const AttentionGradientTile& tile) const;

  std::vector<const oc_merged_probe*> wishes_;
  const Sink& sink_;
  int64_t layer_, draw_, tokens_;
};

}  // namespace ocellus::models
