// Pixels in the form that encoders of films take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plugins/renderers/common/raster.hpp"

namespace ocellus::mp4 {

// Two rows of luma, and the row of chroma that they share.
struct RowPair {
  std::uint8_t *luma_above, *luma_below;  // as many as pixels
  std::uint8_t *blue, *red;               // half as many
};

// To YUV 4:2:0 by BT.709 (ITU-R BT.709-6, items 3.2 to 3.5) in the limited range, rounded to the nearest; a chroma
// sample is the mean of its four pixels and lies between them. `above` and `below` are as long, an even number.
// FFmpeg's swscale does the same in a third of a whole film's time, which is why it is not used.
void to_yuv(std::span<const drawing::Raster::Pixel> above, std::span<const drawing::Raster::Pixel> below,
            const RowPair& to);

}  // namespace ocellus::mp4
