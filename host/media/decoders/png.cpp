#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "host/media/decoders/decoders.hpp"

namespace ocellus::media {
namespace {

struct Source {
  const std::uint8_t* next;
  std::size_t left;
};

void read_bytes(png_structp png, png_bytep to, std::size_t size) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (size > source.left) png_error(png, "the file ends");
  std::memcpy(to, source.next, size);
  source.next += size;
  source.left -= size;
}

// libpng's own handlers would write to the terminal.
[[noreturn]] void fail(png_structp png, png_const_charp) {
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

// Nothing with a destructor lives in here: libpng leaves it by longjmp. False = it failed. `rows` are those of a
// picture of one 16-bit channel, big end first, or of RGB.
bool read(png_structp png, png_infop info, Source& source, bool grey16, png_bytepp rows, std::size_t row_bytes) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, &source, read_bytes);
  png_set_benign_errors(png, 1);
  png_read_info(png, info);
  if (!grey16) {
    // Alpha is dropped, not blended; of 16 bits Pillow keeps the upper eight.
    png_set_palette_to_rgb(png);
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_16(png);
    png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != row_bytes) return false;
  png_read_image(png, rows);
  return true;
}

// Pillow takes 16-bit grey for the mode "I;16", which its conversion to RGB clips at 255.
void clip_grey16(std::span<const std::uint8_t> grey, std::span<std::uint8_t> rgb) {
  for (std::size_t i = 0; i < grey.size() / 2; ++i) {
    const std::uint8_t level = grey[2 * i] != 0 ? 255 : grey[2 * i + 1];
    std::fill_n(rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, level);
  }
}

}  // namespace

void decode_png(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb) {
  const std::size_t row_bytes = std::size_t{picture.width} * (picture.grey16 ? 2 : 3);
  std::vector<std::uint8_t> grey(picture.grey16 ? row_bytes * picture.height : 0);
  std::vector<png_bytep> rows(picture.height);
  std::uint8_t* const first = picture.grey16 ? grey.data() : rgb.data();
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = first + y * row_bytes;

  Source source{file.data(), file.size()};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore_warning);
  png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;
  const bool done = info != nullptr && read(png, info, source, picture.grey16, rows.data(), row_bytes);
  png_destroy_read_struct(&png, &info, nullptr);
  if (!done) fail_undecodable();
  if (picture.grey16) clip_grey16(grey, rgb);
}

}  // namespace ocellus::media
