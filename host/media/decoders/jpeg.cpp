#include <csetjmp>
#include <cstdio>
#include <vector>

#include <jpeglib.h>  // after <cstdio>, whose FILE it uses

#include "host/media/decoders/decoders.hpp"

namespace ocellus::media {
namespace {

struct Failure {
  jpeg_error_mgr manager{};
  std::jmp_buf leave{};
};

// libjpeg's own handlers would end the process and write to the terminal.
[[noreturn]] void fail(j_common_ptr common) {
  std::longjmp(reinterpret_cast<Failure*>(common->err)->leave, 1);
}

void ignore_message(j_common_ptr, int) {}

// a * b / 255, rounded to nearest, without a division.
unsigned scaled(unsigned a, unsigned b) {
  const unsigned product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

// Pillow takes every file of four channels for Adobe's, whose levels are inverted.
void from_inverted_cmyk(const JSAMPLE* cmyk, std::uint8_t* rgb, std::size_t width) {
  for (std::size_t x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const unsigned white = cmyk[3];
    for (int channel = 0; channel < 3; ++channel) {
      const unsigned ink = scaled(255u - cmyk[channel], white);
      rgb[channel] = static_cast<std::uint8_t>(white - ink);
    }
  }
}

// Nothing with a destructor lives in here: libjpeg leaves it by longjmp. False = it failed. `line`: room for a row of
// four channels.
bool read(jpeg_decompress_struct& jpeg, Failure& failure, std::span<const std::uint8_t> file,
          const PictureFile& picture, std::uint8_t* rgb, JSAMPROW line) {
  if (setjmp(failure.leave) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, file.data(), file.size());
  jpeg_read_header(&jpeg, TRUE);
  const bool cmyk = jpeg.num_components == 4;
  jpeg.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  if (jpeg.image_width != picture.width || jpeg.image_height != picture.height) return false;
  jpeg_start_decompress(&jpeg);
  if (jpeg.output_components != (cmyk ? 4 : 3)) return false;
  while (jpeg.output_scanline < jpeg.output_height) {
    std::uint8_t* const row = rgb + std::size_t{jpeg.output_scanline} * picture.width * 3;
    JSAMPROW to = cmyk ? line : row;
    jpeg_read_scanlines(&jpeg, &to, 1);
    if (cmyk) from_inverted_cmyk(line, row, picture.width);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

}  // namespace

void decode_jpeg(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb) {
  std::vector<JSAMPLE> line(std::size_t{picture.width} * 4);
  Failure failure;
  jpeg_decompress_struct jpeg{};
  jpeg.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = fail;
  failure.manager.emit_message = ignore_message;
  const bool done = read(jpeg, failure, file, picture, rgb.data(), line.data());
  jpeg_destroy_decompress(&jpeg);
  if (!done) fail_undecodable();
}

}  // namespace ocellus::media
