// The host's way to pictures: opens the picture library when the first one is needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

#include "host/media/media_library.h"

namespace boost::dll {
class shared_library;
}

namespace ocellus::media {

struct Picture {
  int width = 0;                              // pixels
  int height = 0;                             // pixels
  std::shared_ptr<const std::uint8_t[]> rgb;  // [height, width, 3], rows from the top, without padding
};

class Decoder {
 public:
  // `library`: absolute path of ocellus_media.so. Nothing is opened yet.
  explicit Decoder(std::filesystem::path library);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // [any] thread. RGB as Pillow's `Image.open(path).convert("RGB")`, see media_library.h. The picture may outlive the
  // decoder. Throws Error: OC_E_SAMPLE if the file is at fault, OC_E_MEMORY if there is no room for it,
  // OC_E_INTERNAL if the picture library cannot be used.
  Picture decode(const std::filesystem::path& file);

 private:
  const oc_media_library_v0& library();

  std::filesystem::path library_path_;
  std::once_flag opened_;
  std::shared_ptr<boost::dll::shared_library> handle_;  // every picture holds it too
  const oc_media_library_v0* table_ = nullptr;
};

}  // namespace ocellus::media
