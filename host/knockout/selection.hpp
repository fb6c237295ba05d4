// Tokens of a sample by meaning or by number, as from= and to= of a knock-out name them: `image+question`, `answer:0`,
// `5..9+-1`.
#pragma once

#include <ocellus/abi/layout.h>
#include <ocellus/abi/probe.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "host/options/index_set.hpp"

namespace ocellus::knockout {

enum class Of { rows, keys };

class Selection {
 public:
  // Throws Error(OC_E_OPTION) naming what may be written.
  static Selection parse(std::string_view text, Of of);

 private:
  friend class RawSelection;
  struct Item {
    uint32_t kind = OC_SELECT_ALL;
    int64_t argument = 0;
    std::vector<int64_t> indices{};             // of answer tokens
    std::optional<options::IndexSet> places{};  // of the prompt; negative ones count from its end
  };
  std::vector<Item> items_;
};

// The C view for one sample, which a knock-out's from or to is a union of. Borrows the selection.
class RawSelection {
 public:
  // `tokens`: of the prompt and a given answer. Throws Error(OC_E_SAMPLE) for a place that it does not have.
  RawSelection(const Selection& selection, int64_t tokens);
  RawSelection(const RawSelection&) = delete;
  const std::vector<const oc_select*>& pointers() const { return pointers_; }

 private:
  std::deque<std::vector<int64_t>> indices_;
  std::deque<oc_select> selects_;
  std::vector<const oc_select*> pointers_;
};

}  // namespace ocellus::knockout
