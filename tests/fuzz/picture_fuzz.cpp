// Any bytes are either decoded or refused with an Error; what is inspected has a size within the limits, and keeps it
// when its metadata are taken away.
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <span>

#include "host/media/decode.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

// Enough for every path of a decoder; a larger one only takes longer.
constexpr std::uint64_t max_decoded_pixels = 1 << 18;

std::uint32_t big32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

void mend_checksums_of_png(std::span<std::uint8_t> file) {
  constexpr std::size_t signature = 8, around = 12;  // around a chunk's content: length, type, checksum
  if (file.size() < signature || std::memcmp(file.data(), "\x89PNG\r\n\x1a\n", signature) != 0) return;
  for (std::size_t at = signature; file.size() - at >= around;) {
    const std::uint64_t length = big32(&file[at]);
    if (length > file.size() - at - around) return;
    const auto end = at + 8 + static_cast<std::size_t>(length);
    const auto sum = static_cast<std::uint32_t>(crc32(0, &file[at + 4], static_cast<uInt>(length + 4)));
    for (int byte = 0; byte < 4; ++byte) file[end + byte] = static_cast<std::uint8_t>(sum >> (24 - 8 * byte));
    at = end + 4;
  }
}

}  // namespace

// Changed PNGs would all be refused for their checksums before a decoder sees them.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned) {
  const std::size_t changed = LLVMFuzzerMutate(data, size, max_size);
  mend_checksums_of_png({data, changed});
  return changed;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::media;
  const std::span file(data, size);
  try {
    const PictureFile picture = inspect_picture(file);
    if (picture.width == 0 || picture.width > max_side || picture.height == 0 || picture.height > max_side)
      std::abort();
    const auto stripped = without_metadata(file);
    const PictureFile again = inspect_picture(stripped);
    if (stripped.size() > size || again.width != picture.width || again.height != picture.height) std::abort();
    if (std::uint64_t{picture.width} * picture.height > max_decoded_pixels) return 0;
    if (decode_picture(file).rgb.size() != std::size_t{picture.width} * picture.height * 3) std::abort();
  } catch (const ocellus::Error&) {
    return 0;
  }
  return 0;
}
