// A raster as a JPEG file that knows its physical size.
#pragma once

#include <cstddef>
#include <vector>

#include "plugins/renderers/common/raster.hpp"

namespace ocellus::drawing {

// `quality` from 1 to 100 as libjpeg counts. Colours keep the resolution of the picture (4:4:4), so that thin lines and
// letters keep theirs; `dpi` is stated, rounded to a whole number. The same pixels, quality and dpi give the same
// bytes. Throws OC_E_OPTION for a dpi that JPEG cannot state.
std::vector<std::byte> encode_jpeg(const Raster& raster, int quality, double dpi);

}  // namespace ocellus::drawing
