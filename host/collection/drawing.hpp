// Pictures of results over all samples, and of several samples together.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "host/collection/sample_set.hpp"
#include "host/collection/stored.hpp"
#include "host/media/decoder.hpp"
#include "host/run/plugins.hpp"

namespace ocellus::collection {

// Lets each renderer draw what it accepts of `results` into `folder`; names of the user's start at `root`. The files.
std::vector<std::filesystem::path> draw_results(const std::vector<StoredResult>& results,
                                                std::vector<std::unique_ptr<run::Renderer>>& renderers,
                                                media::Decoder& decoder, const std::filesystem::path& folder,
                                                const std::filesystem::path& root);

// The same of `samples`, for renderers that draw several together.
std::vector<std::filesystem::path> draw_samples(const std::vector<SampleSet::Place>& samples,
                                                std::vector<std::unique_ptr<run::Renderer>>& renderers,
                                                media::Decoder& decoder, const std::filesystem::path& folder,
                                                const std::filesystem::path& root);

// Draws the stored results of each run again, into OUT/collection, and, where several runs are given, those of all
// together into `comparison`; empty = `collection/comparison` of the first. Samples are drawn together once, those of
// all runs.
std::vector<std::filesystem::path> redraw(const std::vector<std::filesystem::path>& outs,
                                          std::vector<std::unique_ptr<run::Renderer>>& renderers,
                                          media::Decoder& decoder, const std::filesystem::path& comparison);

}  // namespace ocellus::collection
