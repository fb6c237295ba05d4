// Any bytes are either inspected or refused with an Error; what is inspected has a size within the limits, and keeps
// it when its metadata are taken away.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <span>

#include "host/media/picture_file.hpp"

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
  } catch (const ocellus::Error&) {
    return 0;
  }
  return 0;
}
