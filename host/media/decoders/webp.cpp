#include <webp/decode.h>

#include "host/media/decoders/decoders.hpp"

namespace ocellus::media {

void decode_webp(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb) {
  int width = 0, height = 0;
  if (WebPGetInfo(file.data(), file.size(), &width, &height) == 0 || width != static_cast<int>(picture.width) ||
      height != static_cast<int>(picture.height)) {
    fail_undecodable();
  }
  // Alpha is dropped, not blended.
  if (WebPDecodeRGBInto(file.data(), file.size(), rgb.data(), rgb.size(), 3 * width) == nullptr) fail_undecodable();
}

}  // namespace ocellus::media
