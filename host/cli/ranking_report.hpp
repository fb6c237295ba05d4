// What a run says about which candidate matches best.
#pragma once

#include <filesystem>

namespace ocellus::cli {

// The rankings that the run in `out` stored, on stdout: of one query all candidates, of several the best of each and,
// where the right ones are known, how often they were found. With `json` one line for each candidate of each query, and
// one for the measures. Nothing where no ranking is stored.
void print_rankings(const std::filesystem::path& out, bool json);

}  // namespace ocellus::cli
