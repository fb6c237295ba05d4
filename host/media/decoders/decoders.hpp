// One function a format: the pixels of a file that has passed inspect_picture and lost its metadata.
#pragma once

#include <cstdint>
#include <span>

#include "host/media/picture_file.hpp"

namespace ocellus::media {

// `file`: its bytes, `picture`: what inspect_picture said of them, `rgb`: [height, width, 3], to be filled. The pixels
// are those of Pillow's `convert("RGB")`. [any] thread. Each throws Error(OC_E_SAMPLE) with a predicate for a file that
// cannot be decoded, and std::bad_alloc; none writes to the terminal.
void decode_png(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb);
void decode_jpeg(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb);
void decode_webp(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb);
void decode_bmp(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb);

// The failure of all of them: the container was sound, the compressed pixels are not.
[[noreturn]] void fail_undecodable();

}  // namespace ocellus::media
