// A canvas as a file whose lines and letters stay sharp at any size.
#pragma once

#include <cstddef>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"

namespace ocellus::drawing {

// One page of width / dpi by height / dpi inches. Lines and text of a canvas of Medium::vectors are vectors, pictures
// are embedded; fonts are embedded too. The same drawing gives the same bytes: no date, and no numbers that go on from
// file to file.
std::vector<std::byte> encode_pdf(const Canvas& canvas, double dpi);
std::vector<std::byte> encode_svg(const Canvas& canvas, double dpi);

}  // namespace ocellus::drawing
