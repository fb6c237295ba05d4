// Draws a map that this program did not make: an array of numbers, laid evenly over a picture.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/run/plugins.hpp"

namespace ocellus::run {

// `map` is a .npy of [rows, cols], or of [n, rows, cols], drawn as layers 0 to n - 1. The pictures are named after its
// file and go into `out`; their paths. Throws Error(OC_E_MODEL) for a file that is no such map, Error(OC_E_SAMPLE) for
// the picture, Error(OC_E_UNSUPPORTED) if a renderer draws no maps.
std::vector<std::filesystem::path> draw_own_map(const std::filesystem::path& map, const std::filesystem::path& image,
                                                const std::filesystem::path& out,
                                                std::vector<std::unique_ptr<Renderer>>& renderers,
                                                media::Decoder& decoder);

}  // namespace ocellus::run
