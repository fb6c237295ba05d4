#include "host/plan/merge.hpp"

#include <ocellus/abi/probe.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace ocellus::plan {
namespace {

Indices unite(const Indices& a, const Indices& b) {
  Indices both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

// Rows that produced answer tokens: token 0 comes of the last prompt row, token k > 0 of generated step k.
Merged alone(const Wish& wish, size_t index, int64_t prompt_tokens, int64_t max_new_tokens) {
  Merged merged{wish.kind, wish.stack,          wish.name,     wish.layers, wish.heads,  wish.rows,
                {},        /*all_steps=*/false, wish.all_keys, wish.keys,   wish.groups, {index}};
  if (wish.answer) {
    if (wish.answer_tokens.empty()) merged.all_steps = true;
    for (const int64_t token : wish.answer_tokens) {
      if (token > 0 && token < max_new_tokens) merged.steps.push_back(token);
    }
    if (wish.answer_tokens.empty() || wish.answer_tokens.front() == 0) merged.rows = {prompt_tokens - 1};
  }
  return merged;
}

Merged joined(const Merged& a, const Merged& b) {
  Merged both = a;
  both.layers = unite(a.layers, b.layers);
  both.heads = unite(a.heads, b.heads);
  both.rows = unite(a.rows, b.rows);
  both.all_steps = a.all_steps || b.all_steps;
  both.steps = both.all_steps ? Indices{} : unite(a.steps, b.steps);
  both.all_keys = a.all_keys || b.all_keys;
  both.keys = both.all_keys ? Indices{} : unite(a.keys, b.keys);
  for (const Indices& group : b.groups) {
    if (std::find(both.groups.begin(), both.groups.end(), group) == both.groups.end()) both.groups.push_back(group);
  }
  both.wishes.insert(both.wishes.end(), b.wishes.begin(), b.wishes.end());
  return both;
}

uint64_t at_least_one(size_t n) {
  return std::max<uint64_t>(1, n);
}

}  // namespace

uint64_t Merged::values(int64_t prompt_tokens, int64_t answer_tokens, int64_t width, int64_t vocabulary) const {
  const uint64_t n_rows = rows.size() + (all_steps ? static_cast<uint64_t>(answer_tokens) : steps.size());
  const uint64_t lines = at_least_one(layers.size()) * at_least_one(heads.size()) * n_rows;
  if (kind == OC_PROBE_ATTENTION) return lines * (all_keys ? static_cast<uint64_t>(prompt_tokens) : keys.size());
  if (kind == OC_PROBE_MASS) return lines * groups.size();
  if (kind == OC_PROBE_LOGITS) return lines * static_cast<uint64_t>(vocabulary);
  if (kind == OC_PROBE_TARGET) return static_cast<uint64_t>(answer_tokens);
  if (kind == OC_PROBE_ATTENTION_GRADIENT)
    return 2 * lines * (all_keys ? static_cast<uint64_t>(prompt_tokens + answer_tokens) : keys.size());
  if (kind == OC_PROBE_GRADIENT) return 2 * lines * static_cast<uint64_t>(width);
  return lines * static_cast<uint64_t>(width);
}

std::vector<Merged> merge(const std::vector<Wish>& wishes, int64_t prompt_tokens, int64_t max_new_tokens) {
  std::vector<Merged> result;
  // Sizes are compared in rows x keys; width and vocabulary are the same on both sides.
  const auto size = [&](const Merged& merged) { return merged.values(prompt_tokens, max_new_tokens, 1, 1); };
  for (size_t i = 0; i < wishes.size(); ++i) {
    const Merged one = alone(wishes[i], i, prompt_tokens, max_new_tokens);
    const auto fits = [&](const Merged& other) {
      return other.kind == one.kind && other.stack == one.stack && other.name == one.name &&
             size(joined(other, one)) <= 2 * (size(other) + size(one));
    };
    const auto place = std::find_if(result.begin(), result.end(), fits);
    if (place != result.end()) {
      *place = joined(*place, one);
    } else {
      result.push_back(one);
    }
  }
  return result;
}

MergedProbes::MergedProbes(const std::vector<Merged>& merged) {
  for (const Merged& of : merged) {
    oc_merged_probe& probe = probes_.emplace_back();
    probe = {};
    probe.struct_size = sizeof probe;
    probe.id = static_cast<uint32_t>(probes_.size() - 1);
    probe.kind = of.kind.c_str();
    probe.stack = of.stack.empty() ? nullptr : of.stack.c_str();
    probe.name = of.name.empty() ? nullptr : of.name.c_str();
    probe.layers = of.layers.data(), probe.n_layers = of.layers.size();
    probe.heads = of.heads.data(), probe.n_heads = of.heads.size();
    probe.rows = of.rows.data(), probe.n_rows = of.rows.size();
    probe.steps = of.steps.data(), probe.n_steps = of.steps.size();
    probe.all_steps = of.all_steps ? 1 : 0;
    // An empty vector may have no address, but NULL would ask for all keys.
    static constexpr int64_t none = 0;
    probe.keys = of.all_keys ? nullptr : of.keys.empty() ? &none : of.keys.data(), probe.n_keys = of.keys.size();
    std::vector<const int64_t*>& groups = group_pointers_.emplace_back();
    std::vector<size_t>& sizes = group_sizes_.emplace_back();
    for (const Indices& group : of.groups) groups.push_back(group.data()), sizes.push_back(group.size());
    probe.groups = groups.data(), probe.group_sizes = sizes.data(), probe.n_groups = groups.size();
    pointers_.push_back(&probe);
  }
}

MergedPlan::MergedPlan(const std::vector<Merged>& merged, uint32_t max_new_tokens, const oc_generation* generation,
                       const Knockout* knockout)
    : probes_(merged) {
  plan_.struct_size = sizeof plan_;
  plan_.max_new_tokens = max_new_tokens;
  plan_.probes = probes_.pointers().data();
  plan_.n_probes = probes_.pointers().size();
  plan_.generation = generation;
  if (knockout != nullptr) plan_.knockout = &knockout_.emplace(knockout->raw());
}

MergedPlan::MergedPlan(const std::vector<Merged>& merged, std::span<const int64_t> forced,
                       const oc_generation* generation, const Knockout* knockout)
    : MergedPlan(merged, static_cast<uint32_t>(forced.size()), generation, knockout) {
  if (!forced.empty()) plan_.forced = forced.data();
}

}  // namespace ocellus::plan
