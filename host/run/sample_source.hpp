// From the request to its samples: images x prompts, a conversation file, or a data set.
#pragma once

#include <vector>

#include "host/run/request.hpp"
#include "host/run/sample.hpp"

namespace ocellus::run {

// In order, at most request.limit, each with its own folder name. Throws Error(OC_E_OPTION) when nothing is asked,
// Error(OC_E_MODEL) for a data set or conversation file that cannot be read (line and reason told).
std::vector<Sample> read_samples(const Request& request);

}  // namespace ocellus::run
