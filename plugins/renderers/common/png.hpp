// A canvas as a PNG file that knows its physical size.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"

namespace ocellus::drawing {

// RGB, 8 bits a channel, with a pHYs chunk that states `dpi` (> 0; rounded to whole pixels a metre).
// The same canvas and dpi give the same bytes.
std::vector<std::byte> encode_png(const Canvas& canvas, double dpi);

// Writes encode_png's bytes to `path`, replacing what is there. Throws OC_E_WRITE, and removes what it began, when they
// do not all arrive.
void write_png(const Canvas& canvas, double dpi, const std::filesystem::path& path);

}  // namespace ocellus::drawing
