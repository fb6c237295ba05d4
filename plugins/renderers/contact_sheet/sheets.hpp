// Which candidates share a sheet, and in which order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plugins/renderers/contact_sheet/candidates.hpp"

namespace ocellus::contact_sheet {

// A candidate on a sheet, and which of its maps is shown, if it has one like those of the others.
struct Shown {
  size_t candidate = 0;
  std::optional<size_t> map;
};

struct Sheet {
  std::vector<Shown> best_first;  // at least one
  size_t n_candidates = 0;        // of the query, shown or not
  std::string part;               // of the file's name, what tells it from others of its method; may be empty
};

// A sheet for each query of a run, and there for each kind of map (method, layer, head); of a query without maps one of
// pictures alone. On each the best `top`, equals in the order of the samples.
std::vector<Sheet> sheets_of(const std::vector<Candidate>& candidates, size_t top);

}  // namespace ocellus::contact_sheet
