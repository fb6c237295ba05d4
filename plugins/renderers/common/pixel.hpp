// The words every drawing header uses: a colour, a rectangle of pixels, a borrowed picture.
#pragma once

#include <cstdint>
#include <span>

namespace ocellus::drawing {

// sRGB, 8 bits a channel.
struct Rgb {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;

  friend bool operator==(const Rgb&, const Rgb&) = default;
};

inline constexpr Rgb kBlack{0, 0, 0};
inline constexpr Rgb kWhite{255, 255, 255};

// Whole pixels, origin at the top left, half-open: [x, x+width) x [y, y+height).
struct PixelRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

// A borrowed picture: rows from the top, R G B, no padding; rgb.size() == width * height * 3.
struct ImageView {
  std::span<const std::uint8_t> rgb;
  int width = 0;
  int height = 0;
};

}  // namespace ocellus::drawing
