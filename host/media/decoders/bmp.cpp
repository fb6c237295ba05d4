#include <algorithm>
#include <array>

#include "host/media/decoders/decoders.hpp"

namespace ocellus::media {
namespace {

using Bytes = std::span<const std::uint8_t>;

// Where things stand in the two headers, the second of which says its own size (at 14).
constexpr std::size_t pixels_at = 10, info_size_at = 14, info_at = 14, height_at = 22, bits_at = 28, colours_at = 46;

std::uint32_t little32(Bytes file, std::size_t at) {
  return file[at] | std::uint32_t{file[at + 1]} << 8 | std::uint32_t{file[at + 2]} << 16 |
         std::uint32_t{file[at + 3]} << 24;
}

// Three bytes a colour, blue first in the file; what the file does not have stays black.
using Palette = std::array<std::uint8_t, 256 * 3>;

Palette palette_of(Bytes file, std::uint32_t bits) {
  const std::uint32_t said = little32(file, colours_at), all = 1u << bits;
  const std::size_t colours = said == 0 ? all : std::min(said, all);
  const std::size_t begin = info_at + std::size_t{little32(file, info_size_at)};
  if (begin > file.size() || file.size() - begin < 4 * colours) fail_undecodable();
  Palette palette{};
  for (std::size_t i = 0; i < colours; ++i) {
    std::reverse_copy(&file[begin + 4 * i], &file[begin + 4 * i] + 3, &palette[3 * i]);
  }
  return palette;
}

void expand_indices(const std::uint8_t* row, std::uint32_t bits, const Palette& palette, std::uint32_t width,
                    std::uint8_t* rgb) {
  const unsigned mask = (1u << bits) - 1;
  for (std::uint32_t x = 0; x < width; ++x) {
    const std::uint32_t bit = x * bits;
    const unsigned index = row[bit / 8] >> (8 - bits - bit % 8) & mask;
    std::copy_n(&palette[3 * index], 3, rgb + 3 * std::size_t{x});
  }
}

void reorder_colours(const std::uint8_t* row, std::uint32_t bytes_a_pixel, std::uint32_t width, std::uint8_t* rgb) {
  for (std::uint32_t x = 0; x < width; ++x, row += bytes_a_pixel, rgb += 3) std::reverse_copy(row, row + 3, rgb);
}

}  // namespace

void decode_bmp(std::span<const std::uint8_t> file, const PictureFile& picture, std::span<std::uint8_t> rgb) {
  const std::uint32_t bits = file[bits_at];
  const Palette palette = bits <= 8 ? palette_of(file, bits) : Palette{};
  const std::size_t row_bytes = (std::size_t{picture.width} * bits + 31) / 32 * 4;
  const bool from_bottom = static_cast<std::int32_t>(little32(file, height_at)) > 0;
  const std::uint8_t* const pixels = file.data() + little32(file, pixels_at);
  for (std::uint32_t y = 0; y < picture.height; ++y) {
    const std::uint8_t* const row = pixels + row_bytes * (from_bottom ? picture.height - 1 - y : y);
    std::uint8_t* const to = &rgb[std::size_t{y} * picture.width * 3];
    if (bits <= 8) {
      expand_indices(row, bits, palette, picture.width, to);
    } else {
      reorder_colours(row, bits / 8, picture.width, to);
    }
  }
}

}  // namespace ocellus::media
