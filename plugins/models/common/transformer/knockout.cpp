#include "plugins/models/common/transformer/knockout.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace ocellus::models {

namespace {

// Those of `sorted` that lie in first .. first+count-1.
std::span<const int64_t> within(std::span<const int64_t> sorted, int64_t first, int64_t count) {
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), first);
  return {begin, std::lower_bound(begin, sorted.end(), first + count)};
}

}  // namespace

void knock_out(const at::Tensor& scores, const Knockout& knockout, const ScorePlace& place) {
  const int64_t heads = scores.size(0), rows = scores.size(1), keys = scores.size(2);
  const std::span<const int64_t> own_heads = within(knockout.heads, place.head, heads);
  const std::span<const int64_t> own_rows = within(knockout.rows, place.row, rows);
  if (own_heads.empty() || own_rows.empty()) return;
  at::Tensor blocked = at::zeros({rows, keys}, at::kBool);
  for (const int64_t row : own_rows) {
    const int64_t index = row - place.row, visible = place.visible + index * place.step;
    bool* const of_row = blocked.mutable_data_ptr<bool>() + index * keys;
    const std::span<const int64_t> own_keys = within(knockout.keys, 0, visible);
    for (const int64_t key : own_keys) of_row[key] = true;
    if (static_cast<int64_t>(own_keys.size()) == visible) of_row[visible - 1] = false;
  }
  blocked = blocked.to(scores.device());
  constexpr double never = -std::numeric_limits<double>::infinity();
  if (static_cast<int64_t>(own_heads.size()) == heads) {
    scores.masked_fill_(blocked, never);
    return;
  }
  for (const int64_t head : own_heads) scores.select(0, head - place.head).masked_fill_(blocked, never);
}

}  // namespace ocellus::models
