#include "plugins/models/qwen2_5_vl/captures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>

namespace ocellus::qwen2_5_vl {

namespace {

bool contains(const int64_t* sorted, size_t count, int64_t value) {
  return std::binary_search(sorted, sorted + count, value);
}

std::vector<int64_t> count_from(int64_t first, int64_t count) {
  std::vector<int64_t> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

std::vector<int64_t> shifted(std::span<const int64_t> rows, int64_t by) {
  std::vector<int64_t> out(rows.begin(), rows.end());
  for (int64_t& row : out) row += by;
  return out;
}

oc_capture capture_of(const oc_merged_probe& wish, int64_t layer, const std::vector<int64_t>& rows) {
  oc_capture capture{};
  capture.struct_size = sizeof capture;
  capture.probe = wish.id;
  capture.layer = static_cast<int32_t>(layer);
  capture.rows = rows.data();
  capture.n_rows = rows.size();
  return capture;
}

}  // namespace

Captures::Captures(const oc_merged_plan& plan, const Sink& sink, const Config& config, int64_t prompt_tokens)
    : sink_(sink),
      prompt_tokens_(prompt_tokens),
      decoder_layers_(config.text.layers),
      heads_(config.text.heads),
      vocabulary_(config.text.vocabulary) {
  for (const oc_merged_probe* wish : std::span(plan.probes, plan.n_probes)) probes_.push_back(recognise(*wish));
}

Captures::Probe Captures::recognise(const oc_merged_probe& wish) const {
  const std::string_view kind = wish.kind, stack = wish.stack == nullptr ? "" : wish.stack;
  if (kind == OC_PROBE_INPUT) return {Kind::input, &wish};
  if (kind == OC_PROBE_HIDDEN && stack == "vision") return {Kind::vision, &wish};
  if (stack == "language") {
    if (kind == OC_PROBE_HIDDEN) return {Kind::hidden, &wish};
    if (kind == OC_PROBE_LOGITS) return {Kind::logits, &wish};
    const bool is_attention = kind == OC_PROBE_ATTENTION;
    if (is_attention || kind == OC_PROBE_MASS) {
      if (wish.n_heads > 0 && (wish.heads[0] < 0 || wish.heads[wish.n_heads - 1] >= heads_)) {
        throw Error(OC_E_UNSUPPORTED, fmt::format("a probe asks for a head outside 0 to {}", heads_ - 1));
      }
      return {is_attention ? Kind::attention : Kind::mass, &wish};
    }
  }
  throw Error(OC_E_UNSUPPORTED, fmt::format("qwen2_5_vl does not serve the probe {}@{}", kind, stack));
}

std::optional<int64_t> Captures::decoder_layers() const {
  std::optional<int64_t> needed;
  for (const Probe& probe : probes_) {
    const oc_merged_probe& wish = *probe.wish;
    int64_t layers = 0;
    if (probe.kind == Kind::logits) {
      layers = decoder_layers_;
    } else if (probe.kind == Kind::vision || probe.kind == Kind::input || wish.n_layers == 0) {
      continue;
    } else {
      layers = wish.layers[wish.n_layers - 1] + (probe.kind == Kind::hidden ? 0 : 1);
    }
    needed = std::max(needed.value_or(0), std::min(layers, decoder_layers_));
  }
  return needed;
}

bool Captures::wants_vision() const {
  return std::any_of(probes_.begin(), probes_.end(), [](const Probe& probe) { return probe.kind == Kind::vision; });
}

std::vector<int64_t> Captures::wanted_rows(const oc_merged_probe& wish, int64_t first, int64_t count) const {
  std::vector<int64_t> rows;
  for (int64_t row = first; row < first + count; ++row) {
    const int64_t step = row - prompt_tokens_ + 1;
    const bool wanted = row < prompt_tokens_ ? contains(wish.rows, wish.n_rows, row)
                                             : wish.all_steps != 0 || contains(wish.steps, wish.n_steps, step);
    if (wanted) rows.push_back(row - first);
  }
  return rows;
}

void Captures::inputs(const PreparedSample& prepared) const {
  const auto images = static_cast<int64_t>(prepared.grids.size());
  for (const auto& [kind, wish] : probes_) {
    if (kind != Kind::input) continue;
    const oc_capture capture = capture_of(*wish, -1, {});
    const std::string_view name = wish->name == nullptr ? "" : wish->name;
    if (name == "input_ids") {
      sink_.capture(capture, make_tensor(prepared.prompt.ids, {prompt_tokens_}));
    } else if (name == "position_ids") {
      sink_.capture(capture, make_tensor(prepared.positions.axes, {3, prompt_tokens_}));
    } else if (name == "pixel_values") {
      const int64_t patches = prepared.patches();
      const int64_t width = patches > 0 ? static_cast<int64_t>(prepared.pixel_values.size()) / patches : 0;
      sink_.capture(capture, make_tensor(prepared.pixel_values, {patches, width}));
    } else if (name == "image_grid_thw") {
      std::vector<int64_t> sizes;
      for (const PatchGrid& grid : prepared.grids) sizes.insert(sizes.end(), {grid.frames, grid.height, grid.width});
      sink_.capture(capture, make_tensor(std::move(sizes), {images, 3}));
    } else {
      throw Error(OC_E_UNSUPPORTED, fmt::format("qwen2_5_vl has no input called '{}'; it has input_ids, pixel_values, "
                                                "image_grid_thw and position_ids",
                                                name));
    }
  }
}

void Captures::vision_features(int64_t count, int64_t width, const Rows& rows) const {
  for (const auto& [kind, wish] : probes_) {
    if (kind != Kind::vision) continue;
    std::vector<int64_t> wanted;
    for (int64_t row = 0; row < count; ++row) {
      if (contains(wish->rows, wish->n_rows, row)) wanted.push_back(row);
    }
    if (wanted.empty()) continue;
    sink_.capture(capture_of(*wish, 0, wanted),
                  make_tensor(rows(wanted), {static_cast<int64_t>(wanted.size()), width}));
  }
}

void Captures::deliver_rows(Kind kind, int64_t layer, int64_t first, int64_t count, int64_t width,
                            const Rows& rows) const {
  for (const Probe& probe : probes_) {
    const oc_merged_probe& wish = *probe.wish;
    if (probe.kind != kind || (layer >= 0 && !contains(wish.layers, wish.n_layers, layer))) continue;
    const std::vector<int64_t> wanted = wanted_rows(wish, first, count);
    if (wanted.empty()) continue;
    const std::vector<int64_t> numbers = shifted(wanted, first);
    sink_.capture(capture_of(wish, layer, numbers),
                  make_tensor(rows(wanted), {static_cast<int64_t>(wanted.size()), width}));
  }
}

void Captures::hidden(int64_t layer, int64_t first, int64_t count, int64_t width, const Rows& rows) const {
  deliver_rows(Kind::hidden, layer, first, count, width, rows);
}

void Captures::logits(int64_t first, int64_t count, const Rows& rows) const {
  deliver_rows(Kind::logits, -1, first, count, vocabulary_, rows);
}

bool Captures::wants_logits(int64_t first, int64_t count) const {
  return std::any_of(probes_.begin(), probes_.end(), [&](const Probe& probe) {
    return probe.kind == Kind::logits && !wanted_rows(*probe.wish, first, count).empty();
  });
}

bool Captures::AttentionReader::wants(int64_t first_row, int64_t rows) const {
  return std::any_of(captures_.probes_.begin(), captures_.probes_.end(), [&](const Probe& probe) {
    const oc_merged_probe& wish = *probe.wish;
    return (probe.kind == Kind::attention || probe.kind == Kind::mass) &&
           contains(wish.layers, wish.n_layers, layer_) &&
           !captures_.wanted_rows(wish, first_ + first_row, rows).empty();
  });
}

void Captures::AttentionReader::read(const models::AttentionTile& tile) {
  const int64_t first = first_ + tile.first_row;
  for (const auto& [kind, wish] : captures_.probes_) {
    if ((kind != Kind::attention && kind != Kind::mass) || !contains(wish->layers, wish->n_layers, layer_)) continue;
    const std::vector<int64_t> rows = captures_.wanted_rows(*wish, first, tile.rows);
    if (rows.empty()) continue;
    if (kind == Kind::attention) {
      captures_.deliver_attention(*wish, layer_, first, rows, tile);
    } else {
      captures_.deliver_mass(*wish, layer_, first, rows, tile);
    }
  }
}

void Captures::deliver_attention(const oc_merged_probe& wish, int64_t layer, int64_t first,
                                 std::span<const int64_t> rows, const models::AttentionTile& tile) const {
  // A tile holds prompt rows, whose keys are the prompt, or the one row of a step, whose keys are all up to itself.
  const std::vector<int64_t> keys = wish.keys != nullptr ? std::vector<int64_t>(wish.keys, wish.keys + wish.n_keys)
                                                         : count_from(0, std::max(prompt_tokens_, tile.keys));
  std::vector<float> values;
  values.reserve(wish.n_heads * rows.size() * keys.size());
  for (const int64_t head : std::span(wish.heads, wish.n_heads)) {
    for (const int64_t row : rows) {
      const std::span<const float> probabilities = tile.row(head, row);
      for (const int64_t key : keys) {
        values.push_back(key < tile.keys ? probabilities[static_cast<size_t>(key)] : 0.0f);
      }
    }
  }
  const std::vector<int64_t> numbers = shifted(rows, first);
  oc_capture capture = capture_of(wish, layer, numbers);
  capture.heads = wish.heads;
  capture.n_heads = wish.n_heads;
  capture.keys = keys.data();
  capture.n_keys = keys.size();
  const std::vector<int64_t> shape = {static_cast<int64_t>(wish.n_heads), static_cast<int64_t>(rows.size()),
                                      static_cast<int64_t>(keys.size())};
  sink_.capture(capture, make_tensor(std::move(values), shape));
}

void Captures::deliver_mass(const oc_merged_probe& wish, int64_t layer, int64_t first, std::span<const int64_t> rows,
                            const models::AttentionTile& tile) const {
  std::vector<float> values;
  for (const int64_t head : std::span(wish.heads, wish.n_heads)) {
    for (const int64_t row : rows) {
      const std::span<const float> probabilities = tile.row(head, row);
      for (size_t group = 0; group < wish.n_groups; ++group) {
        double sum = 0;
        for (const int64_t key : std::span(wish.groups[group], wish.group_sizes[group])) {
          if (key < tile.keys) sum += static_cast<double>(probabilities[static_cast<size_t>(key)]);
        }
        values.push_back(static_cast<float>(sum));
      }
    }
  }
  const std::vector<int64_t> numbers = shifted(rows, first);
  oc_capture capture = capture_of(wish, layer, numbers);
  capture.heads = wish.heads;
  capture.n_heads = wish.n_heads;
  const std::vector<int64_t> shape = {static_cast<int64_t>(wish.n_heads), static_cast<int64_t>(rows.size()),
                                      static_cast<int64_t>(wish.n_groups)};
  sink_.capture(capture, make_tensor(std::move(values), shape));
}

}  // namespace ocellus::qwen2_5_vl
