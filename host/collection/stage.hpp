// The collection stage: results over all samples of a run, from what is stored of each. It reads records, never memory
// of the run, so an uninterrupted run, one that went on later, and shards that were joined all end alike, byte for
// byte.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/registry/registry.hpp"

namespace ocellus::collection {

// Of the run in `out`: lets each of its methods that reduces do so over the samples `folders` (names under OUT/samples,
// all finished, in the order of the data set), writes OUT/collection, and draws it with the run's renderers. What is
// asked for comes from OUT/run.json. What renderers draw of several samples together is drawn here too. One sample is
// in memory at a time. May be killed and done again. The files of renderers. Throws Error(OC_E_MODEL) for a run or a
// sample that cannot be read, Error(OC_E_CANCELLED), Error(OC_E_WRITE) and what plugins throw.
std::vector<std::filesystem::path> conclude(const std::filesystem::path& out, const std::vector<std::string>& folders,
                                            registry::Registry& registry, media::Decoder& decoder);

}  // namespace ocellus::collection
