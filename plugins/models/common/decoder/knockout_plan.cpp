#include "plugins/models/common/decoder/knockout_plan.hpp"

#include <algorithm>
#include <span>

namespace ocellus::models {

std::optional<Knockout> KnockoutPlan::of(int64_t layer, int64_t first, int64_t count) const {
  if (knockout_ == nullptr || knockout_->n_heads == 0 || knockout_->n_keys == 0) return std::nullopt;
  if (!std::binary_search(knockout_->layers, knockout_->layers + knockout_->n_layers, layer)) return std::nullopt;
  Knockout own{
      .heads = {knockout_->heads, knockout_->n_heads}, .rows = {}, .keys = {knockout_->keys, knockout_->n_keys}};
  if (first >= prompt_tokens_) {
    if (blocks_step(first - (prompt_tokens_ - 1))) own.rows = {0};
  } else {
    for (const int64_t row : std::span(knockout_->rows, knockout_->n_rows)) {
      if (row >= first && row < first + count) own.rows.push_back(row - first);
    }
  }
  if (own.rows.empty()) return std::nullopt;
  return own;
}

bool KnockoutPlan::acts_before(int64_t row) const {
  return knockout_ != nullptr && knockout_->n_rows > 0 && knockout_->rows[0] < row;
}

bool KnockoutPlan::blocks_step(int64_t step) const {
  return knockout_->all_steps != 0 || std::binary_search(knockout_->steps, knockout_->steps + knockout_->n_steps, step);
}

}  // namespace ocellus::models
