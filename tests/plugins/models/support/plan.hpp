// Builds merged plans as the host would.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <deque>
#include <numeric>
#include <string>
#include <vector>

namespace ocellus::test {

inline std::vector<int64_t> up_to(int64_t count) {
  std::vector<int64_t> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

struct Wish {
  std::string kind, stack = {}, name = {};
  std::vector<int64_t> layers = {}, heads = {}, rows = {}, steps = {}, keys = {};  // no keys: all
  std::vector<std::vector<int64_t>> groups = {};
  bool all_steps = false;
};

struct Knockout {
  std::vector<int64_t> layers = {}, heads = {}, rows = {}, steps = {}, keys = {};
};

// Probe ids are the positions of the wishes.
class Plan {
 public:
  explicit Plan(uint32_t max_new_tokens = 0) { plan_.max_new_tokens = max_new_tokens; }
  Plan(const Plan&) = delete;

  uint32_t add(Wish wish) {
    Kept& kept = kept_.emplace_back();
    kept.wish = std::move(wish);
    const Wish& w = kept.wish;
    for (const auto& group : w.groups) {
      kept.groups.push_back(group.data());
      kept.group_sizes.push_back(group.size());
    }
    oc_merged_probe& probe = kept.probe;
    probe = {};
    probe.struct_size = sizeof probe;
    probe.id = static_cast<uint32_t>(probes_.size());
    probe.kind = w.kind.c_str();
    probe.stack = w.stack.empty() ? nullptr : w.stack.c_str();
    probe.name = w.name.empty() ? nullptr : w.name.c_str();
    probe.layers = w.layers.data(), probe.n_layers = w.layers.size();
    probe.heads = w.heads.data(), probe.n_heads = w.heads.size();
    probe.rows = w.rows.data(), probe.n_rows = w.rows.size();
    probe.steps = w.steps.data(), probe.n_steps = w.steps.size();
    if (!w.keys.empty()) probe.keys = w.keys.data(), probe.n_keys = w.keys.size();
    probe.groups = kept.groups.data(), probe.group_sizes = kept.group_sizes.data(), probe.n_groups = w.groups.size();
    probe.all_steps = w.all_steps;
    probes_.push_back(&probe);
    return probe.id;
  }

  void knock_out(Knockout knockout) {
    knockout_ = std::move(knockout);
    raw_knockout_ = {};
    raw_knockout_.struct_size = sizeof raw_knockout_;
    raw_knockout_.layers = knockout_.layers.data(), raw_knockout_.n_layers = knockout_.layers.size();
    raw_knockout_.heads = knockout_.heads.data(), raw_knockout_.n_heads = knockout_.heads.size();
    raw_knockout_.rows = knockout_.rows.data(), raw_knockout_.n_rows = knockout_.rows.size();
    raw_knockout_.steps = knockout_.steps.data(), raw_knockout_.n_steps = knockout_.steps.size();
    raw_knockout_.keys = knockout_.keys.data(), raw_knockout_.n_keys = knockout_.keys.size();
    plan_.knockout = &raw_knockout_;
  }

  void force(std::vector<int64_t> tokens) {
    forced_ = std::move(tokens);
    plan_.forced = forced_.data();
    plan_.max_new_tokens = static_cast<uint32_t>(forced_.size());
  }

  const oc_merged_plan& get() {
    plan_.struct_size = sizeof plan_;
    plan_.probes = probes_.data();
    plan_.n_probes = probes_.size();
    return plan_;
  }

 private:
  struct Kept {
    Wish wish;
    std::vector<const int64_t*> groups;
    std::vector<size_t> group_sizes;
    oc_merged_probe probe;
  };
  std::deque<Kept> kept_;
  std::vector<const oc_merged_probe*> probes_;
  Knockout knockout_;
  oc_merged_knockout raw_knockout_{};
  std::vector<int64_t> forced_;
  oc_merged_plan plan_{};
};

}  // namespace ocellus::test
