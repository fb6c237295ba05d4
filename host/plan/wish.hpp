// One probe of one method, with every symbolic selection resolved against the layout of the sample at hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ocellus::plan {

// Sorted, without duplicates.
using Indices = std::vector<int64_t>;

// What gradients are of, see oc_target.
struct Target {
  uint32_t tokens = 0, score = 0;
  int64_t index = 0;
  std::string text;

  bool operator==(const Target&) const = default;
};

struct Wish {
  size_t method = 0;  // which method of the run asked
  uint32_t id = 0;    // the id that its captures carry
  uint32_t variant = 0;
  std::string kind, stack, name;
  Indices layers, heads;
  Indices rows;           // prompt positions (rows of the answer are not among them)
  bool answer = false;    // rows that produced answer tokens are wanted ...
  Indices answer_tokens;  // ... these, or all when empty ...
  bool stop_row = false;  // ... and the row that produced the stop token; the answer may then be empty
  bool all_keys = true;
  Indices keys;                 // when not all
  std::vector<Indices> groups;  // key groups of a mass probe
  std::optional<Target> target;
  // What `rows` are where only the target tells them, which waits for the answer.
  enum class TargetRows { none, producing, all };
  TargetRows target_rows = TargetRows::none;
};

}  // namespace ocellus::plan
