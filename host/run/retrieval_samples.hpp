// A retrieval as samples of the run loop: every query about every candidate.
#pragma once

#include <vector>

#include "host/run/request.hpp"
#include "host/run/sample.hpp"

namespace ocellus::run {

// All queries about the first candidate, then about the next, so that what their prompts share is computed once. Facts
// of a sample: `query`, `query_text`, `query_index`, `candidate`, `candidate_index`, `candidate_image` (place of its
// picture in the sample), `caption` if it has one, `is_right` if the query's truth is known. `request` has a retrieval.
// Throws what retrieval_lists.hpp and match_prompt.hpp throw.
std::vector<Sample> retrieval_samples(const Request& request);

}  // namespace ocellus::run
