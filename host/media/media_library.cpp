#include "host/media/media_library.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "host/media/decode.hpp"

namespace ocellus::media {
namespace {

// A picture of max_pixels has no use for more, whatever its format.
constexpr std::uintmax_t max_file_bytes = std::uintmax_t{1} << 30;

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw Error(OC_E_SAMPLE, "does not exist; check its path");
  if (error) throw Error(OC_E_SAMPLE, fmt::format("cannot be read: {}", error.message()));
  if (!std::filesystem::is_regular_file(status))
    throw Error(OC_E_SAMPLE, "is not a file; name a PNG, JPEG, WebP or BMP file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw Error(OC_E_SAMPLE, fmt::format("cannot be read: {}", error.message()));
  if (size > max_file_bytes)
    throw Error(OC_E_SAMPLE, fmt::format("has {} bytes, and at most {} are allowed", size, max_file_bytes));
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(OC_E_SAMPLE, "cannot be opened; check its permissions");
  if (!in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size)))
    throw Error(OC_E_SAMPLE, "cannot be read to its end");
  return bytes;
}

oc_status decode(const char* path, oc_decoded* out, char* message, size_t message_size) noexcept {
  const auto failed = [&](oc_status status, const char* predicate) {
    std::snprintf(message, message_size, "picture '%s' %s", path, predicate);
    return status;
  };
  try {
    auto picture = std::make_unique<DecodedPicture>(decode_picture(read_file(path)));
    *out = {picture->file.width, picture->file.height, picture->rgb.data(), picture.get()};
    picture.release();
    return OC_OK;
  } catch (const Error& error) {
    return failed(error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return failed(OC_E_MEMORY, "does not fit into memory; make it smaller");
  } catch (...) {
    return failed(OC_E_INTERNAL, "cannot be decoded for an unknown reason");
  }
}

void release(oc_decoded* picture) noexcept {
  const std::unique_ptr<DecodedPicture> owned(static_cast<DecodedPicture*>(std::exchange(picture->owner, nullptr)));
}

}  // namespace

}  // namespace ocellus::media

OC_EXPORT const oc_media_library_v0* ocellus_media_v0(void) {
  static const oc_media_library_v0 library{sizeof(oc_media_library_v0), ocellus::media::decode,
                                           ocellus::media::release};
  return &library;
}
