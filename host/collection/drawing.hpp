// Pictures of results over all samples.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "host/collection/stored.hpp"
#include "host/media/decoder.hpp"
#include "host/run/plugins.hpp"

namespace ocellus::collection {

// Lets each renderer draw what it accepts of `results` into `folder`; names of the user's start at `root`. The files.
std::vector<std::filesystem::path> draw(const std::vector<StoredResult>& results,
                                        std::vector<std::unique_ptr<run::Renderer>>& renderers, media::Decoder& decoder,
                                        const std::filesystem::path& folder, const std::filesystem::path& root);

// Draws the stored results of each run again, into OUT/collection, and, where several runs are given, those of all
// together into `comparison`; empty = `collection/comparison` of the first.
std::vector<std::filesystem::path> redraw(const std::vector<std::filesystem::path>& outs,
                                          std::vector<std::unique_ptr<run::Renderer>>& renderers,
                                          media::Decoder& decoder, const std::filesystem::path& comparison);

}  // namespace ocellus::collection
