#include "plugins/renderers/common/png.hpp"

#include <fmt/format.h>
#include <png.h>

#include <cmath>
#include <csetjmp>
#include <limits>
#include <new>
#include <ocellus/sdk/error.hpp>

namespace ocellus::drawing {
namespace {

// Of the demo's panels, libpng's own choice (level 6, the best of all filters for each row) takes six to eight times as
// long for files a sixth to a quarter smaller.
constexpr int kLevel = 2;
constexpr int kFilter = PNG_FILTER_UP;

// libpng is C and cannot be unwound through.
void append(png_structp png, png_bytep data, std::size_t length) noexcept {
  auto& out = *static_cast<std::vector<std::byte>*>(png_get_io_ptr(png));
  bool kept = true;
  try {
    const auto* begin = reinterpret_cast<const std::byte*>(data);
    out.insert(out.end(), begin, begin + length);
  } catch (const std::bad_alloc&) {
    kept = false;
  }
  if (!kept) png_error(png, "out of memory");
}

// Nothing with a destructor lives in here: libpng leaves it by longjmp. False = it failed.
bool write(png_structp png, png_infop info, const Raster& raster, png_uint_32 per_metre, png_bytep line) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  const auto width = static_cast<png_uint_32>(raster.width()), height = static_cast<png_uint_32>(raster.height());
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
  png_set_compression_level(png, kLevel);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, kFilter);
  png_write_info(png, info);
  for (int y = 0; y < raster.height(); ++y) {
    png_bytep out = line;
    for (const Raster::Pixel pixel : raster.row(y)) {
      const Rgb c = Raster::unpack(pixel);
      *out++ = c.r, *out++ = c.g, *out++ = c.b;
    }
    png_write_row(png, line);
  }
  png_write_end(png, info);
  return true;
}

}  // namespace

std::vector<std::byte> encode_png(const Raster& raster, double dpi) {
  // PNG specification 11.3.5.3: whole pixels a metre, at most 2^31 - 1.
  const double per_metre = dpi / 0.0254;
  if (!(per_metre >= 1.0 && per_metre <= std::numeric_limits<std::int32_t>::max())) {
    throw Error(OC_E_OPTION, fmt::format("dpi={} cannot be written into a PNG; choose a usual one such as 300", dpi));
  }
  std::vector<std::byte> bytes;
  std::vector<png_byte> line(static_cast<std::size_t>(raster.width()) * 3);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;
  bool complete = false;
  if (info != nullptr) {
    png_set_write_fn(png, &bytes, append, nullptr);
    complete = write(png, info, raster, static_cast<png_uint_32>(std::lround(per_metre)), line.data());
  }
  png_destroy_write_struct(&png, &info);
  if (!complete) {
    throw Error(OC_E_MEMORY, fmt::format("there is no memory to encode a drawing of {} x {} pixels as PNG",
                                         raster.width(), raster.height()));
  }
  return bytes;
}

}  // namespace ocellus::drawing
