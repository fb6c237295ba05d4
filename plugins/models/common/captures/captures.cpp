#include "plugins/models/common/captures/captures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

namespace ocellus::models {

namespace {

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

bool contains(std::span<const int64_t> sorted, int64_t value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

// Several sums side by side, which a processor adds at once.
double sum(std::span<const float> values) {
  std::array<double, 8> sums{};
  size_t i = 0;
  for (; i + sums.size() <= values.size(); i += sums.size()) {
    for (size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += static_cast<double>(values[i + lane]);
  }
  double total = std::accumulate(sums.begin(), sums.end(), 0.0);
  for (; i < values.size(); ++i) total += static_cast<double>(values[i]);
  return total;
}

// Those of `values`, of the tokens first, first + 1, ..., that are of a run.
std::span<const float> part_of(std::span<const float> values, int64_t first, const TokenRun& run) {
  const auto size = static_cast<int64_t>(values.size());
  const int64_t begin = std::clamp(run.begin - first, int64_t{0}, size);
  const int64_t end = std::clamp(run.end - first, int64_t{0}, size);
  return values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

oc_capture capture_of(const oc_merged_probe& wish, int64_t layer, std::span<const int64_t> rows) {
  oc_capture capture{};
  capture.struct_size = sizeof capture;
  capture.probe = wish.id;
  capture.layer = static_cast<int32_t>(layer);
  capture.rows = rows.data();
  capture.n_rows = rows.size();
  return capture;
}

void check_knockout(const oc_merged_knockout& knockout, const ServedStacks& served) {
  if (served.decoder_layers == 0)
    throw Error(OC_E_UNSUPPORTED, fmt::format("{} has no decoder whose attention could be blocked", served.model));
  const auto check_last = [](const char* what, const int64_t* sorted, size_t n, int64_t count) {
    if (n > 0 && (sorted[0] < 0 || sorted[n - 1] >= count))
      throw Error(OC_E_UNSUPPORTED, fmt::format("a knock-out names a {} outside 0 to {}", what, count - 1));
  };
  check_last("layer", knockout.layers, knockout.n_layers, served.decoder_layers);
  check_last("head", knockout.heads, knockout.n_heads, served.decoder_heads);
}

}  // namespace

void check_plan(const oc_merged_plan& plan, const ServedStacks& served) {
  if (plan.knockout != nullptr) check_knockout(*plan.knockout, served);
  for (const oc_merged_probe* wish : std::span(plan.probes, plan.n_probes)) Captures::recognise(*wish, served);
}

Captures::Captures(const oc_merged_plan& plan, const Sink& sink, const ServedStacks& served,
                   const PreparedSample& prepared)
    : sink_(sink),
      served_(served),
      prompt_tokens_(prepared.tokens()),
      prefix_(prepared.prompt.prefix),
      tower_tokens_(prepared.tower_tokens),
      features_(prepared.features) {
  for (const oc_merged_probe* wish : std::span(plan.probes, plan.n_probes)) {
    Probe& probe = probes_.emplace_back(recognise(*wish, served));
    for (size_t group = 0; group < wish->n_groups; ++group) {
      std::vector<TokenRun>& runs = probe.groups.emplace_back();
      for (const int64_t token : std::span(wish->groups[group], wish->group_sizes[group])) {
        if (runs.empty() || runs.back().end != token) runs.push_back({token, token});
        runs.back().end = token + 1;
      }
    }
  }
}

Captures::Probe Captures::recognise(const oc_merged_probe& wish, const ServedStacks& served) {
  const std::string_view kind = wish.kind, stack = wish.stack == nullptr ? "" : wish.stack;
  if (kind == OC_PROBE_INPUT) return {Kind::input, Stack::language, &wish};
  if (kind == OC_PROBE_HIDDEN && stack == "projector") return {Kind::hidden, Stack::projector, &wish};
  if (kind == OC_PROBE_HIDDEN && stack == "language") return {Kind::hidden, Stack::language, &wish};
  if (kind == OC_PROBE_HIDDEN && stack == "vision" && served.tower_hidden) return {Kind::hidden, Stack::vision, &wish};
  if (kind == OC_PROBE_LOGITS && stack == "language") return {Kind::logits, Stack::language, &wish};
  const bool is_vision = stack == "vision";
  if ((kind != OC_PROBE_ATTENTION && kind != OC_PROBE_MASS) || (!is_vision && stack != "language"))
    throw Error(OC_E_UNSUPPORTED, fmt::format("{} does not serve the probe {}@{}", served.model, kind, stack));
  const int64_t heads = is_vision ? served.tower_heads : served.decoder_heads;
  if (wish.n_heads > 0 && (wish.heads[0] < 0 || wish.heads[wish.n_heads - 1] >= heads))
    throw Error(OC_E_UNSUPPORTED, fmt::format("a probe asks for a head outside 0 to {}", heads - 1));
  for (const int64_t block : std::span(wish.layers, is_vision ? wish.n_layers : 0)) {
    if (!contains(served.full_attention_blocks, block)) {
      throw Error(OC_E_UNSUPPORTED,
                  fmt::format("block {} of the vision tower attends within windows; those with full attention are {}",
                              block, fmt::join(served.full_attention_blocks, ", ")));
    }
  }
  return {kind == OC_PROBE_ATTENTION ? Kind::attention : Kind::mass, is_vision ? Stack::vision : Stack::language,
          &wish};
}

std::optional<int64_t> Captures::decoder_layers() const {
  std::optional<int64_t> needed;
  for (const Probe& probe : probes_) {
    const oc_merged_probe& wish = *probe.wish;
    int64_t layers = 0;
    if (probe.kind == Kind::input || probe.stack != Stack::language) continue;
    if (probe.kind == Kind::logits) {
      layers = served_.decoder_layers;
    } else if (wish.n_layers == 0) {
      continue;
    } else {
      layers = wish.layers[wish.n_layers - 1] + (probe.kind == Kind::hidden ? 0 : 1);
    }
    needed = std::max(needed.value_or(0), std::min(layers, served_.decoder_layers));
  }
  return needed;
}

bool Captures::reads_tower_before(int64_t block) const {
  return std::any_of(probes_.begin(), probes_.end(), [&](const Probe& probe) {
    return probe.kind != Kind::input && probe.stack == Stack::vision && probe.wish->n_layers > 0 &&
           probe.wish->layers[0] < block;
  });
}

std::optional<int64_t> Captures::tower_blocks() const {
  std::optional<int64_t> needed;
  for (const Probe& probe : probes_) {
    if (probe.kind == Kind::input || probe.stack == Stack::language || probe.wish->n_layers == 0) continue;
    const int64_t last = probe.wish->layers[probe.wish->n_layers - 1];
    const int64_t blocks = probe.stack == Stack::projector ? served_.feature_blocks
                           : probe.kind == Kind::hidden    ? last
                                                           : last + 1;
    needed = std::max(needed.value_or(0), blocks);
  }
  return needed;
}

int64_t Captures::tokens(Stack stack) const {
  return stack == Stack::language ? prompt_tokens_ : stack == Stack::vision ? tower_tokens_ : features_;
}

std::vector<int64_t> Captures::wanted_rows(const Probe& probe, int64_t first, int64_t count) const {
  const oc_merged_probe& wish = *probe.wish;
  const int64_t known = tokens(probe.stack);
  std::vector<int64_t> rows;
  for (int64_t row = first; row < first + count; ++row) {
    const int64_t step = row - known + 1;
    const bool wanted = row < known ? contains({wish.rows, wish.n_rows}, row)
                                    : wish.all_steps != 0 || contains({wish.steps, wish.n_steps}, step);
    if (wanted) rows.push_back(row - first);
  }
  return rows;
}

void Captures::inputs(const PreparedSample& prepared) const {
  const std::vector<ModelInput> inputs = prepared.inputs();
  for (const Probe& probe : probes_) {
    if (probe.kind != Kind::input) continue;
    const oc_merged_probe* const wish = probe.wish;
    const std::string_view name = wish->name == nullptr ? "" : wish->name;
    const auto input =
        std::find_if(inputs.begin(), inputs.end(), [&](const ModelInput& each) { return each.name == name; });
    if (input == inputs.end()) {
      std::string known;
      for (size_t i = 0; i < inputs.size(); ++i)
        known += (i == 0 ? "" : i + 1 == inputs.size() ? " and " : ", ") + inputs[i].name;
      throw Error(OC_E_UNSUPPORTED, fmt::format("{} has no input called '{}'; it has {}", served_.model, name, known));
    }
    const auto deliver = [&](const auto& values) {
      sink_.capture(capture_of(*wish, -1, {}), make_tensor(std::vector(values.begin(), values.end()), input->shape));
    };
    std::visit(deliver, input->values);
  }
}

void Captures::deliver(Kind kind, Stack stack, int64_t layer, int64_t first, int64_t count, int64_t width,
                       const Rows& rows) const {
  for (const Probe& probe : probes_) {
    const oc_merged_probe& wish = *probe.wish;
    if (probe.kind != kind || probe.stack != stack) continue;
    if (layer >= 0 && !contains({wish.layers, wish.n_layers}, layer)) continue;
    const std::vector<int64_t> wanted = wanted_rows(probe, first, count);
    if (wanted.empty()) continue;
    const std::vector<int64_t> numbers = shifted(wanted, first);
    sink_.capture(capture_of(wish, layer, numbers),
                  make_tensor(rows(wanted), {static_cast<int64_t>(wanted.size()), width}));
  }
}

void Captures::features(int64_t count, int64_t width, const Rows& rows) const {
  deliver(Kind::hidden, Stack::projector, 0, 0, count, width, rows);
}

void Captures::tower_hidden(int64_t layer, int64_t count, int64_t width, const Rows& rows) const {
  deliver(Kind::hidden, Stack::vision, layer, 0, count, width, rows);
}

void Captures::hidden(int64_t layer, int64_t first, int64_t count, int64_t width, const Rows& rows) const {
  deliver(Kind::hidden, Stack::language, layer, first, count, width, rows);
}

void Captures::logits(int64_t first, int64_t count, const Rows& rows) const {
  deliver(Kind::logits, Stack::language, -1, first, count, served_.vocabulary, rows);
}

bool Captures::wants_logits(int64_t first, int64_t count) const {
  return std::any_of(probes_.begin(), probes_.end(), [&](const Probe& probe) {
    return probe.kind == Kind::logits && !wanted_rows(probe, first, count).empty();
  });
}

bool Captures::Probe::reads_attention(Stack of, int64_t layer) const {
  return (kind == Kind::attention || kind == Kind::mass) && stack == of &&
         contains({wish->layers, wish->n_layers}, layer);
}

bool Captures::AttentionReader::wants(int64_t first_row, int64_t rows) const {
  return std::any_of(captures_.probes_.begin(), captures_.probes_.end(), [&](const Probe& probe) {
    return probe.reads_attention(stack_, layer_) && !captures_.wanted_rows(probe, first_row_ + first_row, rows).empty();
  });
}

void Captures::AttentionReader::read(const AttentionTile& tile) {
  for (const Probe& probe : captures_.probes_) {
    if (!probe.reads_attention(stack_, layer_)) continue;
    const std::vector<int64_t> rows = captures_.wanted_rows(probe, first_row_ + tile.first_row, tile.rows);
    if (rows.empty()) continue;
    if (probe.kind == Kind::attention) {
      deliver_rows(*probe.wish, rows, tile);
    } else {
      deliver_mass(probe, rows, tile);
    }
  }
}

void Captures::AttentionReader::deliver_rows(const oc_merged_probe& wish, std::span<const int64_t> rows,
                                             const AttentionTile& tile) const {
  // A tile holds known rows, whose keys are the stack's tokens, or the one row of a step, whose keys are all up to
  // itself.
  const std::vector<int64_t> keys =
      wish.keys != nullptr ? std::vector<int64_t>(wish.keys, wish.keys + wish.n_keys)
                           : count_from(0, std::max(captures_.tokens(stack_), first_key_ + tile.keys - n_guests()));
  std::vector<float> values(wish.n_heads * rows.size() * keys.size());
  auto out = values.begin();
  for (const int64_t head : std::span(wish.heads, wish.n_heads)) {
    for (const int64_t row : rows) {
      const std::span<const float> probabilities = tile.row(head, row);
      for (const int64_t key : keys) {
        const int64_t place = place_of(key);
        *out++ = place >= 0 && place < tile.keys ? probabilities[static_cast<size_t>(place)] : 0.0f;
      }
    }
  }
  const std::vector<int64_t> numbers = shifted(rows, first_row_ + tile.first_row);
  oc_capture capture = capture_of(wish, layer_, numbers);
  capture.heads = wish.heads;
  capture.n_heads = wish.n_heads;
  capture.keys = keys.data();
  capture.n_keys = keys.size();
  const std::vector<int64_t> shape = {static_cast<int64_t>(wish.n_heads), static_cast<int64_t>(rows.size()),
                                      static_cast<int64_t>(keys.size())};
  captures_.sink_.capture(capture, make_tensor(std::move(values), shape));
}

void Captures::AttentionReader::deliver_mass(const Probe& probe, std::span<const int64_t> rows,
                                             const AttentionTile& tile) const {
  const oc_merged_probe& wish = *probe.wish;
  std::vector<float> values;
  values.reserve(wish.n_heads * rows.size() * wish.n_groups);
  for (const int64_t head : std::span(wish.heads, wish.n_heads)) {
    for (const int64_t row : rows) {
      const std::span<const float> probabilities = tile.row(head, row);
      const auto guests = probabilities.first(static_cast<size_t>(n_guests()));
      const auto own = probabilities.subspan(guests.size());
      for (const std::vector<TokenRun>& group : probe.groups) {
        double mass = 0;
        for (const TokenRun& run : group)
          mass += sum(part_of(guests, guests_.begin, run)) + sum(part_of(own, first_key_, run));
        values.push_back(static_cast<float>(mass));
      }
    }
  }
  const std::vector<int64_t> numbers = shifted(rows, first_row_ + tile.first_row);
  if (captures_.record_ != nullptr && probe.entry && numbers.back() < captures_.prefix_)
    captures_.record_->keep(*probe.entry, {layer_, numbers, values});
  captures_.deliver_mass(probe, layer_, numbers, std::move(values));
}

void Captures::deliver_mass(const Probe& probe, int64_t layer, std::span<const int64_t> rows,
                            std::vector<float> values) const {
  const oc_merged_probe& wish = *probe.wish;
  oc_capture capture = capture_of(wish, layer, rows);
  capture.heads = wish.heads;
  capture.n_heads = wish.n_heads;
  const std::vector<int64_t> shape = {static_cast<int64_t>(wish.n_heads), static_cast<int64_t>(rows.size()),
                                      static_cast<int64_t>(wish.n_groups)};
  sink_.capture(capture, make_tensor(std::move(values), shape));
}

std::optional<MassRecord::Wish> Captures::first_part_of(const Probe& probe) const {
  const oc_merged_probe& wish = *probe.wish;
  if (probe.kind != Kind::mass || probe.stack != Stack::language) return std::nullopt;
  MassRecord::Wish part{.layers = {wish.layers, wish.layers + wish.n_layers},
                        .heads = {wish.heads, wish.heads + wish.n_heads},
                        .rows = wanted_rows(probe, 0, prefix_),
                        .groups = {}};
  if (part.layers.empty() || part.rows.empty()) return std::nullopt;
  for (const std::vector<TokenRun>& group : probe.groups) {
    std::vector<TokenRun>& runs = part.groups.emplace_back();
    for (const TokenRun& run : group) {
      if (run.begin < prefix_) runs.push_back({run.begin, std::min(run.end, prefix_)});
    }
  }
  return part;
}

bool Captures::find_first_part(const MassRecord& record) {
  if (tower_blocks()) return false;
  for (Probe& probe : probes_) {
    if (probe.kind == Kind::input || wanted_rows(probe, 0, prefix_).empty()) continue;
    const std::optional<MassRecord::Wish> part = first_part_of(probe);
    if (part) probe.entry = record.find(*part);
    if (!probe.entry) return false;
  }
  return true;
}

void Captures::deliver_first_part(int64_t layer, const MassRecord& record) const {
  for (const Probe& probe : probes_) {
    if (!probe.entry) continue;
    for (const MassRecord::Mass& mass : record.of(*probe.entry)) {
      if (mass.layer == layer) deliver_mass(probe, layer, mass.rows, mass.values);
    }
  }
}

void Captures::record_first_part(MassRecord& record) {
  std::vector<MassRecord::Wish> wishes;
  for (const Probe& probe : probes_) {
    if (std::optional<MassRecord::Wish> part = first_part_of(probe)) wishes.push_back(std::move(*part));
  }
  record = MassRecord(std::move(wishes));
  for (Probe& probe : probes_) {
    const std::optional<MassRecord::Wish> part = first_part_of(probe);
    probe.entry = part ? record.find(*part) : std::nullopt;
  }
  record_ = &record;
}

}  // namespace ocellus::models
