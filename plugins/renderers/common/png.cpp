#include "plugins/renderers/common/png.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <ocellus/sdk/error.hpp>
#include <string_view>

namespace ocellus::drawing {
namespace {

// PNG specification 11.2.2: an 8 byte signature, then IHDR with 13 bytes of data.
constexpr std::size_t kEndOfIhdr = 8 + 4 + 4 + 13 + 4;

// PNG specification 11.3.5.3: length 9, type, pixels a unit in x and y, unit 1 = metre, CRC of type and data.
std::array<std::byte, 21> physical_size_chunk(double dpi) {
  std::array<std::byte, 21> chunk{};
  const auto put = [&chunk](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) chunk[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
  };
  const double per_metre = dpi / 0.0254;
  if (!(per_metre >= 1.0 && per_metre <= std::numeric_limits<std::int32_t>::max())) {
    throw Error(OC_E_OPTION, fmt::format("dpi={} cannot be written into a PNG; choose a usual one such as 300", dpi));
  }
  put(0, 9);
  constexpr std::string_view type = "pHYs";
  for (std::size_t i = 0; i < type.size(); ++i) chunk[4 + i] = static_cast<std::byte>(type[i]);
  put(8, static_cast<std::uint32_t>(std::lround(per_metre)));
  put(12, static_cast<std::uint32_t>(std::lround(per_metre)));
  chunk[16] = std::byte{1};
  put(17, static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(chunk.data() + 4), 13)));
  return chunk;
}

// Cairo is C and cannot be unwound through.
cairo_status_t append(void* bytes, const unsigned char* data, unsigned int length) noexcept {
  try {
    const auto* begin = reinterpret_cast<const std::byte*>(data);
    auto& out = *static_cast<std::vector<std::byte>*>(bytes);
    out.insert(out.end(), begin, begin + length);
    return CAIRO_STATUS_SUCCESS;
  } catch (const std::bad_alloc&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

}  // namespace

std::vector<std::byte> encode_png(const Canvas& canvas, double dpi) {
  const auto chunk = physical_size_chunk(dpi);
  std::vector<std::byte> bytes;
  const cairo_status_t status = cairo_surface_write_to_png_stream(canvas.surface(), append, &bytes);
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error(OC_E_MEMORY, fmt::format("a drawing of {} x {} pixels cannot be encoded as PNG: {}", canvas.width(),
                                         canvas.height(), cairo_status_to_string(status)));
  }
  bytes.insert(bytes.begin() + kEndOfIhdr, chunk.begin(), chunk.end());
  return bytes;
}

void write_png(const Canvas& canvas, double dpi, const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = encode_png(canvas, dpi);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const bool opened = file.is_open();
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    std::error_code ignored;
    // Not what could not be opened, and never a device.
    if (opened && std::filesystem::is_regular_file(path, ignored)) std::filesystem::remove(path, ignored);
    throw Error(OC_E_WRITE, fmt::format("cannot write the picture '{}'; check that its folder exists, may be written "
                                        "and has space",
                                        path.string()));
  }
}

}  // namespace ocellus::drawing
