#include "plugins/models/common/captures/attention_gradients.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>

namespace ocellus::models {

namespace {

// Those of `wish` among first .. first+count-1.
std::vector<int64_t> wanted_rows(const oc_merged_probe& wish, int64_t first, int64_t count) {
  const std::span<const int64_t> rows(wish.rows, wish.n_rows);
  return {std::lower_bound(rows.begin(), rows.end(), first), std::lower_bound(rows.begin(), rows.end(), first + count)};
}

}  // namespace

AttentionGradientReader::AttentionGradientReader(const oc_gradient_plan& plan, const Sink& sink, int64_t layer,
                                                 int64_t draw, const CallTokens& tokens)
    : sink_(sink), layer_(layer), draw_(draw), tokens_(tokens) {
  for (const oc_merged_probe* wish : std::span(plan.probes, plan.n_probes)) {
    if (std::string_view(wish->kind) == OC_PROBE_ATTENTION_GRADIENT &&
        std::binary_search(wish->layers, wish->layers + wish->n_layers, layer))
      wishes_.push_back(wish);
  }
}

bool AttentionGradientReader::wants(int64_t first_row, int64_t rows) const {
  return std::any_of(wishes_.begin(), wishes_.end(), [&](const oc_merged_probe* wish) {
    return !wanted_rows(*wish, tokens_.first + first_row, rows).empty();
  });
}

void AttentionGradientReader::read(const AttentionGradientTile& tile) {
  for (const oc_merged_probe* wish : wishes_) {
    const std::vector<int64_t> rows =
        wanted_rows(*wish, tokens_.first + tile.probabilities.first_row, tile.probabilities.rows);
    if (!rows.empty()) deliver(*wish, rows, tile);
  }
}

std::vector<int64_t> AttentionGradientReader::places_of(const std::vector<int64_t>& tokens) const {
  const int64_t n_guests = tokens_.guests.end - tokens_.guests.begin;
  std::vector<int64_t> places;
  places.reserve(tokens.size());
  for (const int64_t token : tokens) {
    const bool is_guest = token >= tokens_.guests.begin && token < tokens_.guests.end;
    const bool is_own = token >= tokens_.first && token < tokens_.first + tokens_.count;
    places.push_back(is_guest ? token - tokens_.guests.begin : is_own ? token - tokens_.first + n_guests : -1);
  }
  return places;
}

void AttentionGradientReader::deliver(const oc_merged_probe& wish, const std::vector<int64_t>& rows,
                                      const AttentionGradientTile& tile) const {
  std::vector<int64_t> keys(wish.keys, wish.keys + wish.n_keys);
  if (wish.keys == nullptr) {
    keys.resize(static_cast<size_t>(tokens_.stack));
    std::iota(keys.begin(), keys.end(), int64_t{0});
  }
  const std::vector<int64_t> places = places_of(keys);
  const size_t half = wish.n_heads * rows.size() * keys.size();
  std::vector<float> values(2 * half);
  auto probability = values.begin(), gradient = probability + static_cast<std::ptrdiff_t>(half);
  const auto unit = static_cast<float>(1 / tile.factor);
  for (const int64_t head : std::span(wish.heads, wish.n_heads)) {
    for (const int64_t row : rows) {
      const int64_t at = row - tokens_.first - tile.probabilities.first_row;
      const std::span<const float> given = tile.probabilities.row(head, at), slopes = tile.gradient(head, at);
      for (size_t i = 0; i < keys.size(); ++i) {
        const bool is_seen = places[i] >= 0 && (!tokens_.causal || keys[i] <= row);
        const auto place = static_cast<size_t>(places[i]);
        *probability++ = is_seen ? given[place] : 0.0f;
        *gradient++ = is_seen ? slopes[place] * unit : 0.0f;
      }
    }
  }
  oc_capture capture{};
  capture.struct_size = sizeof capture;
  capture.probe = wish.id;
  capture.layer = static_cast<int32_t>(layer_);
  capture.draw = static_cast<uint32_t>(draw_);
  capture.heads = wish.heads;
  capture.n_heads = wish.n_heads;
  capture.rows = rows.data();
  capture.n_rows = rows.size();
  capture.keys = keys.data();
  capture.n_keys = keys.size();
  sink_.capture(
      capture, make_tensor(std::move(values), {2, static_cast<int64_t>(wish.n_heads), static_cast<int64_t>(rows.size()),
                                               static_cast<int64_t>(keys.size())}));
}

}  // namespace ocellus::models
