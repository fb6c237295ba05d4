// Looks through a picture file before a decoder sees it: what it is, how large, and whether all of it is there.
//
// Decoders fill what a truncated file lacks with grey and report success, and say nothing useful about a file they
// refuse; so both are decided here, from the container alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ocellus::media {

enum class PictureFormat { png, jpeg, webp, bmp };

struct PictureFile {
  PictureFormat format;
  std::uint32_t width;   // pixels, 1..max_side
  std::uint32_t height;  // pixels, 1..max_side
  bool grey16;           // a PNG of one 16-bit channel
};

inline constexpr std::uint32_t max_side = 32767;
inline constexpr std::uint64_t max_pixels = std::uint64_t{1} << 28;

// Throws Error(OC_E_SAMPLE) whose text is a predicate ("is empty"), to be put behind the picture's name: for a file
// that is empty, of no known format, too large, cut short or damaged.
PictureFile inspect_picture(std::span<const std::uint8_t> file);

// The same pixels without what is said about them: of a PNG only IHDR, PLTE, IDAT and IEND remain, a JPEG loses its
// comments and its application segments but JFIF's and Adobe's, which tell its colours. So a broken EXIF block or an
// odd profile spoils no sound picture, and no transparent colour of a palette counts. `file` has passed
// inspect_picture.
std::vector<std::uint8_t> without_metadata(std::span<const std::uint8_t> file);

}  // namespace ocellus::media
