// Questions that change places.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ocellus::sanity {

// To each sample another sample's question, and never one that reads like its own. Every question is given as often as
// it was asked, unless more than half of the samples ask the same: then those of the others serve several. Where all
// ask the same, each is given its own words in another order. `seed` decides which. Empty where no other question can
// be made: of no sample, or of one word alone.
std::vector<std::string> exchanged(const std::vector<std::string>& questions, uint64_t seed);

}  // namespace ocellus::sanity
