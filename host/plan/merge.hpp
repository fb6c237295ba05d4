// Merges the wishes of all methods into the probes that the model serves.
#pragma once

#include <ocellus/abi/model.h>

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "host/plan/knockout.hpp"
#include "host/plan/wish.hpp"

namespace ocellus::plan {

// One probe for the model, and the wishes that feed on it.
struct Merged {
  std::string kind, stack, name;
  Indices layers, heads, rows, steps;
  bool all_steps = false;
  bool all_keys = true;
  Indices keys;
  std::vector<Indices> groups;
  std::vector<size_t> wishes;  // indices into the wishes given

  // float32 values that its captures hold in all; a row of the answer counts with `answer_tokens` of them expected.
  uint64_t values(int64_t prompt_tokens, int64_t answer_tokens, int64_t width, int64_t vocabulary) const;
};

// Wishes of one kind, stack and name are joined unless the union would hold more than twice the sum of its parts.
// `prompt_tokens` places the rows that produce the answer; `max_new_tokens` bounds them.
std::vector<Merged> merge(const std::vector<Wish>& wishes, int64_t prompt_tokens, int64_t max_new_tokens);

// The C view of merged probes. Lives as long as the `Merged` it was made of.
class MergedProbes {
 public:
  explicit MergedProbes(const std::vector<Merged>& merged);
  MergedProbes(const MergedProbes&) = delete;
  const std::vector<const oc_merged_probe*>& pointers() const { return pointers_; }

 private:
  std::deque<oc_merged_probe> probes_;
  std::deque<std::vector<const int64_t*>> group_pointers_;
  std::deque<std::vector<size_t>> group_sizes_;
  std::vector<const oc_merged_probe*> pointers_;
};

// The same with what the model's execute is told beside.
class MergedPlan {
 public:
  // `generation` and `knockout` are borrowed; NULL = as the folder says, and none.
  MergedPlan(const std::vector<Merged>& merged, uint32_t max_new_tokens, const oc_generation* generation = nullptr,
             const Knockout* knockout = nullptr);
  // The same with the answer's tokens, also borrowed, forced.
  MergedPlan(const std::vector<Merged>& merged, std::span<const int64_t> forced, const oc_generation* generation,
             const Knockout* knockout);
  MergedPlan(const MergedPlan&) = delete;
  const oc_merged_plan& raw() const { return plan_; }

 private:
  MergedProbes probes_;
  std::optional<oc_merged_knockout> knockout_;
  oc_merged_plan plan_{};
};

}  // namespace ocellus::plan
