#include "host/media/picture_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <string_view>

namespace ocellus::media {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view png_signature{"\x89PNG\r\n\x1a\n", 8};
constexpr std::string_view jpeg_signature{"\xFF\xD8\xFF", 3};

[[noreturn]] void fail(const std::string& predicate) {
  throw Error(OC_E_SAMPLE, predicate);
}

[[noreturn]] void fail_cut_short(std::string_view format) {
  fail(fmt::format("is cut short: the {} file ends before its picture does; copy or download it again", format));
}

[[noreturn]] void fail_damaged(std::string_view format, std::string_view what) {
  fail(fmt::format("is a damaged {} file ({}); copy or download it again", format, what));
}

bool has(Bytes file, std::size_t offset, std::string_view text) {
  return file.size() >= offset + text.size() && std::memcmp(file.data() + offset, text.data(), text.size()) == 0;
}

// The callers have made sure that the bytes are there.
std::uint32_t big16(Bytes b, std::size_t at) {
  return static_cast<std::uint32_t>(b[at] << 8 | b[at + 1]);
}
std::uint32_t big32(Bytes b, std::size_t at) {
  return big16(b, at) << 16 | big16(b, at + 2);
}
std::uint32_t little16(Bytes b, std::size_t at) {
  return static_cast<std::uint32_t>(b[at + 1] << 8 | b[at]);
}
std::uint32_t little24(Bytes b, std::size_t at) {
  return little16(b, at) | std::uint32_t{b[at + 2]} << 16;
}
std::uint32_t little32(Bytes b, std::size_t at) {
  return little16(b, at) | little16(b, at + 2) << 16;
}

void check_size(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) fail(fmt::format("says it is {}x{} pixels, which is no picture", width, height));
  if (width > max_side || height > max_side || std::uint64_t{width} * height > max_pixels)
    fail(fmt::format("is {}x{} pixels, and a side may have at most {} and the whole at most {}; make it smaller", width,
                     height, max_side, max_pixels));
}

// Calls `visit(type, chunk)` for every PNG chunk up to IEND, `chunk` from its length field to its checksum.
template <class Visit>
void for_each_chunk(Bytes file, Visit visit) {
  std::size_t at = png_signature.size();
  for (;;) {
    if (file.size() - at < 12) fail_cut_short("PNG");
    const std::uint64_t length = big32(file, at);
    if (length > file.size() - at - 12) fail_cut_short("PNG");
    const auto chunk = file.subspan(at, static_cast<std::size_t>(length) + 12);
    const std::string_view type(reinterpret_cast<const char*>(chunk.data()) + 4, 4);
    visit(type, chunk);
    if (type == "IEND") return;
    at += chunk.size();
  }
}

bool is_critical(std::string_view type) {
  return type == "IHDR" || type == "PLTE" || type == "IDAT" || type == "IEND";
}

PictureFile inspect_png(Bytes file) {
  PictureFile picture{PictureFormat::png, 0, 0, false};
  bool first = true;
  bool data = false;
  for_each_chunk(file, [&](std::string_view type, Bytes chunk) {
    if (first && (type != "IHDR" || chunk.size() != 25)) fail_damaged("PNG", "its header is not where it belongs");
    if (is_critical(type)) {
      const auto covered = chunk.subspan(4, chunk.size() - 8);
      if (crc32(0, covered.data(), static_cast<uInt>(covered.size())) != big32(chunk, chunk.size() - 4))
        fail_damaged("PNG", fmt::format("the checksum of a part called {} is wrong", type));
    }
    if (first) {
      picture.width = big32(chunk, 8);
      picture.height = big32(chunk, 12);
      check_size(picture.width, picture.height);
      picture.grey16 = chunk[16] == 16 && chunk[17] == 0;
    }
    first = false;
    data = data || type == "IDAT";
  });
  if (!data) fail_damaged("PNG", "it has no pixels");
  return picture;
}

bool is_frame_header(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Where the next marker's code stands, from `at` on: behind one or more 0xFF, and neither a stuffed zero nor a
// restart marker, both of which belong to the compressed data.
std::size_t next_marker(Bytes file, std::size_t at) {
  for (; at + 1 < file.size(); ++at) {
    const std::uint8_t code = file[at + 1];
    if (file[at] == 0xFF && code != 0x00 && code != 0xFF && (code < 0xD0 || code > 0xD7)) return at + 1;
  }
  fail_cut_short("JPEG");
}

struct Segment {
  std::uint8_t marker;
  std::size_t begin;    // of the 0xFF, or of several, before the marker
  std::size_t payload;  // behind the length
  std::size_t end;
};

// Calls `visit(segment)` for every JPEG segment with a length, up to the end of the image. Compressed data follow a
// segment 0xDA and belong to none.
template <class Visit>
void for_each_segment(Bytes file, Visit visit) {
  std::size_t at = 2;
  for (;;) {
    const std::size_t searched_from = at;
    at = next_marker(file, at);
    std::size_t begin = at - 1;
    while (begin > searched_from && file[begin - 1] == 0xFF) --begin;
    const std::uint8_t marker = file[at++];
    if (marker == 0xD9) return;                      // end of image
    if (marker == 0x01 || marker == 0xD8) continue;  // these have no length
    if (file.size() - at < 2) fail_cut_short("JPEG");
    const std::size_t length = big16(file, at);
    if (length < 2) fail_damaged("JPEG", "a part of impossible length");
    if (length > file.size() - at) fail_cut_short("JPEG");
    visit(Segment{marker, begin, at + 2, at + length});
    at += length;
  }
}

PictureFile inspect_jpeg(Bytes file) {
  PictureFile picture{PictureFormat::jpeg, 0, 0, false};
  bool scanned = false;
  for_each_segment(file, [&](const Segment& segment) {
    if (is_frame_header(segment.marker) && picture.width == 0) {
      if (segment.end - segment.payload < 6) fail_damaged("JPEG", "its frame header is too short");
      picture.height = big16(file, segment.payload + 1);
      picture.width = big16(file, segment.payload + 3);
      check_size(picture.width, picture.height);
    }
    scanned = scanned || segment.marker == 0xDA;
  });
  if (picture.width == 0 || !scanned) fail_damaged("JPEG", "it has no pixels");
  return picture;
}

bool is_metadata_segment(std::uint8_t marker) {
  constexpr std::uint8_t jfif = 0xE0, adobe = 0xEE, comment = 0xFE;
  return marker == comment || (marker >= 0xE0 && marker <= 0xEF && marker != jfif && marker != adobe);
}

PictureFile inspect_webp(Bytes file) {
  if (file.size() < 30 || little32(file, 4) > file.size() - 8) fail_cut_short("WebP");
  PictureFile picture{PictureFormat::webp, 0, 0, false};
  if (has(file, 12, "VP8X")) {
    if (file[20] & 0x02) fail("is an animated WebP; save the frame you mean as a picture of its own");
    picture.width = little24(file, 24) + 1;
    picture.height = little24(file, 27) + 1;
  } else if (has(file, 12, "VP8L")) {
    const std::uint32_t sides = little32(file, 21);
    picture.width = (sides & 0x3FFF) + 1;
    picture.height = (sides >> 14 & 0x3FFF) + 1;
  } else if (has(file, 12, "VP8 ")) {
    picture.width = little16(file, 26) & 0x3FFF;
    picture.height = little16(file, 28) & 0x3FFF;
  } else {
    fail_damaged("WebP", "it has no pixels");
  }
  check_size(picture.width, picture.height);
  return picture;
}

PictureFile inspect_bmp(Bytes file) {
  if (file.size() < 54) fail_cut_short("BMP");
  const auto sides =
      std::array{static_cast<std::int32_t>(little32(file, 18)), static_cast<std::int32_t>(little32(file, 22))};
  if (little32(file, 14) < 40 || sides[0] < 0 || sides[1] == INT32_MIN)
    fail_damaged("BMP", "its header makes no sense");
  PictureFile picture{PictureFormat::bmp, static_cast<std::uint32_t>(sides[0]),
                      static_cast<std::uint32_t>(sides[1] < 0 ? -sides[1] : sides[1]), false};
  check_size(picture.width, picture.height);
  const std::uint32_t bits = little16(file, 28);
  if (little32(file, 30) != 0 || (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32))
    fail("is a compressed or 16-bit BMP; save it as PNG");
  const std::uint64_t row = (std::uint64_t{picture.width} * bits + 31) / 32 * 4;
  if (little32(file, 10) + row * picture.height > file.size()) fail_cut_short("BMP");
  return picture;
}

}  // namespace

PictureFile inspect_picture(Bytes file) {
  if (file.empty()) fail("is an empty file");
  if (has(file, 0, png_signature)) return inspect_png(file);
  if (has(file, 0, jpeg_signature)) return inspect_jpeg(file);
  if (has(file, 0, "RIFF") && has(file, 8, "WEBP")) return inspect_webp(file);
  if (has(file, 0, "BM")) return inspect_bmp(file);
  fail("is not a PNG, JPEG, WebP or BMP file; convert it to one of these");
}

std::vector<std::uint8_t> without_metadata(Bytes file) {
  std::vector<std::uint8_t> out;
  out.reserve(file.size());
  const auto keep = [&](Bytes part) { out.insert(out.end(), part.begin(), part.end()); };
  if (has(file, 0, png_signature)) {
    keep(file.first(png_signature.size()));
    for_each_chunk(file, [&](std::string_view type, Bytes chunk) {
      if (is_critical(type)) keep(chunk);
    });
  } else if (has(file, 0, jpeg_signature)) {
    std::size_t kept = 0;
    for_each_segment(file, [&](const Segment& segment) {
      if (!is_metadata_segment(segment.marker)) return;
      keep(file.subspan(kept, segment.begin - kept));
      kept = segment.end;
    });
    keep(file.subspan(kept));
  } else {
    keep(file);
  }
  return out;
}

}  // namespace ocellus::media
