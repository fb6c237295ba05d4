// A raster as a PNG file that knows its physical size.
#pragma once

#include <cstddef>
#include <vector>

#include "plugins/renderers/common/raster.hpp"

namespace ocellus::drawing {

// RGB, 8 bits a channel, with a pHYs chunk that states `dpi` (rounded to whole pixels a metre).
// The same pixels and dpi give the same bytes. Throws OC_E_OPTION for a dpi that PNG cannot state.
std::vector<std::byte> encode_png(const Raster& raster, double dpi);

}  // namespace ocellus::drawing
