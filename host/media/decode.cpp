#include "host/media/decode.hpp"

#include <ocellus/sdk/error.hpp>

#include "host/media/decoders/decoders.hpp"

namespace ocellus::media {

void fail_undecodable() {
  throw Error(OC_E_SAMPLE, "is damaged and cannot be decoded; copy or download it again");
}

DecodedPicture decode_picture(std::span<const std::uint8_t> whole) {
  DecodedPicture decoded{inspect_picture(whole), {}};
  const PictureFile& file = decoded.file;
  decoded.rgb.resize(std::size_t{file.width} * file.height * 3);
  const std::vector<std::uint8_t> bytes = without_metadata(whole);
  switch (file.format) {
    case PictureFormat::png:
      decode_png(bytes, file, decoded.rgb);
      break;
    case PictureFormat::jpeg:
      decode_jpeg(bytes, file, decoded.rgb);
      break;
    case PictureFormat::webp:
      decode_webp(bytes, file, decoded.rgb);
      break;
    case PictureFormat::bmp:
      decode_bmp(bytes, file, decoded.rgb);
      break;
  }
  return decoded;
}

}  // namespace ocellus::media
