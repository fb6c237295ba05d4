#include "plugins/renderers/common/jpeg.hpp"

#include <fmt/format.h>

#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <ocellus/sdk/error.hpp>

#include <jpeglib.h>  // after <cstdio>, whose FILE it uses

namespace ocellus::drawing {
namespace {

struct Failure {
  jpeg_error_mgr manager{};
  std::jmp_buf leave{};
};

// libjpeg's own handler would end the process.
[[noreturn]] void fail(j_common_ptr common) {
  std::longjmp(reinterpret_cast<Failure*>(common->err)->leave, 1);
}

struct Output {
  unsigned char* bytes = nullptr;  // malloc'ed by libjpeg
  unsigned long size = 0;
};

// Nothing with a destructor lives in here: libjpeg leaves it by longjmp. False = it failed.
bool write(jpeg_compress_struct& jpeg, Failure& failure, const Raster& raster, int quality, UINT16 dpi, JSAMPROW line,
           Output& output) {
  if (setjmp(failure.leave) != 0) return false;
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &output.bytes, &output.size);
  jpeg.image_width = static_cast<JDIMENSION>(raster.width());
  jpeg.image_height = static_cast<JDIMENSION>(raster.height());
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
  jpeg.optimize_coding = TRUE;
  jpeg.density_unit = 1;  // dots an inch
  jpeg.X_density = jpeg.Y_density = dpi;
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < raster.height(); ++y) {
    JSAMPROW out = line;
    for (const Raster::Pixel pixel : raster.row(y)) {
      const Rgb c = Raster::unpack(pixel);
      *out++ = c.r, *out++ = c.g, *out++ = c.b;
    }
    jpeg_write_scanlines(&jpeg, &line, 1);
  }
  jpeg_finish_compress(&jpeg);
  return true;
}

}  // namespace

std::vector<std::byte> encode_jpeg(const Raster& raster, int quality, double dpi) {
  if (!(dpi >= 1.0 && dpi <= std::numeric_limits<UINT16>::max())) {
    throw Error(OC_E_OPTION, fmt::format("dpi={} cannot be written into a JPEG; choose a usual one such as 300", dpi));
  }
  std::vector<JSAMPLE> line(static_cast<std::size_t>(raster.width()) * 3);
  jpeg_compress_struct jpeg{};
  Failure failure;
  jpeg.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = fail;
  Output output;
  const bool complete =
      write(jpeg, failure, raster, quality, static_cast<UINT16>(std::lround(dpi)), line.data(), output);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owned(output.bytes, std::free);
  if (!complete) {
    throw Error(OC_E_MEMORY, fmt::format("there is no memory to encode a drawing of {} x {} pixels as JPEG",
                                         raster.width(), raster.height()));
  }
  const auto* begin = reinterpret_cast<const std::byte*>(owned.get());
  return {begin, begin + output.size};
}

}  // namespace ocellus::drawing
