// What the plan of a sample comes to, before the model runs: for --dry-run and --memory-limit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/faithfulness/judge.hpp"

namespace ocellus::run {

struct PlanSummary {
  struct Probe {
    std::string what;  // "attention/1@language"
    size_t layers, heads, rows, keys;
    uint64_t bytes;  // that the model hands over, piece by piece
  };
  struct Pass {
    std::string variant;  // "" = the clean input, else what is different
    int64_t prompt_tokens = 0;
    uint32_t max_new_tokens = 0, prefill_chunks = 0;
    size_t draws = 0;          // of a pass there and back: how many times; 0 = there alone
    size_t masked_inputs = 0;  // of a pass over inputs with masked cells: how many; 0 = it is none
    std::vector<Probe> probes;
  };
  std::vector<Pass> passes;

  // The faithfulness stage: how many inputs the model is shown depends on how many maps the methods make.
  struct Judging {
    faithfulness::Cost cost;
    int64_t prompt_tokens = 0;      // of each input
    uint64_t bytes = 0;             // held at one time, beside what follows
    uint64_t activation_bytes = 0;  // of the model
  };
  std::optional<Judging> judging;

  // The knock-out stage.
  struct KnockingOut {
    size_t forwards = 0;            // one of them clean
    int64_t prompt_tokens = 0;      // of each, with a given answer
    uint32_t answer_tokens = 0;     // of a generated answer at most, step by step
    uint64_t bytes = 0;             // held at one time, beside what follows
    uint64_t activation_bytes = 0;  // of the model
  };
  std::optional<KnockingOut> knocking_out;

  uint64_t capture_bytes = 0;  // handed over in all
  uint64_t method_bytes = 0;   // of that and of their own work, held by the methods at one time
  uint64_t weight_bytes = 0, activation_bytes = 0;

  uint64_t masking_bytes = 0;  // held while masked inputs run, beside what the model and the methods hold

  // Of masked inputs and the stages, which follow each other.
  uint64_t stage_bytes() const {
    return std::max({masking_bytes, judging ? judging->bytes : 0, knocking_out ? knocking_out->bytes : 0});
  }
  // At one time, beside the program itself.
  uint64_t memory_bytes() const { return weight_bytes + activation_bytes + method_bytes + stage_bytes(); }
};

}  // namespace ocellus::run
