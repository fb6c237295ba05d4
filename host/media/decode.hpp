// The pixels of a picture file.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/media/picture_file.hpp"

namespace ocellus::media {

struct DecodedPicture {
  PictureFile file;
  std::vector<std::uint8_t> rgb;  // [height, width, 3], rows from the top, without padding
};

// `file`: the bytes of a PNG, JPEG, WebP or BMP; the pixels are those of Pillow's `convert("RGB")`. [any] thread.
// Throws Error(OC_E_SAMPLE) with a predicate ("is cut short…") for a file that is at fault, and std::bad_alloc.
DecodedPicture decode_picture(std::span<const std::uint8_t> file);

}  // namespace ocellus::media
