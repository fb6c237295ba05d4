// From the request to its samples: images x prompts, a conversation file, or a data set.
#pragma once

#include <vector>

#include "host/run/request.hpp"
#include "host/run/sample.hpp"

namespace ocellus::run {

// In order, each with its own folder name: those of request.categories, of these the one at request.sample_index, and
// at most request.limit. One with a fault that can be told already has it in Sample::fault. Throws Error(OC_E_OPTION)
// when nothing is asked or a category is not there, Error(OC_E_MODEL) for a data set or conversation file that cannot
// be read (line and reason told).
std::vector<Sample> read_samples(const Request& request);

}  // namespace ocellus::run
