#include "plugins/renderers/mp4/yuv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace ocellus::mp4 {
namespace {

using drawing::Raster;
using drawing::Rgb;

struct Yuv {
  std::vector<std::uint8_t> above, below, blue, red;
};

Yuv convert(const std::vector<Raster::Pixel>& above, const std::vector<Raster::Pixel>& below) {
  Yuv yuv{std::vector<std::uint8_t>(above.size()), std::vector<std::uint8_t>(above.size()),
          std::vector<std::uint8_t>(above.size() / 2), std::vector<std::uint8_t>(above.size() / 2)};
  to_yuv(above, below, {yuv.above.data(), yuv.below.data(), yuv.blue.data(), yuv.red.data()});
  return yuv;
}

// ITU-R BT.709-6 in real numbers, of values 0..1.
double luma(double r, double g, double b) {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// 37 is no multiple of what a processor's registers hold, so that what is left over is met as well.
constexpr std::size_t kPixels = 2 * 37;

TEST(Yuv, IsWithinRoundingOfTheStandardsFormula) {
  std::mt19937 random(7);
  std::vector<Raster::Pixel> above(kPixels), below(kPixels);
  for (auto* row : {&above, &below}) {
    for (Raster::Pixel& pixel : *row) pixel = random();  // its upper byte is nobody's
  }
  const Yuv yuv = convert(above, below);
  const auto of = [](Raster::Pixel pixel) {
    const Rgb c = Raster::unpack(pixel);
    return luma(c.r / 255.0, c.g / 255.0, c.b / 255.0);
  };
  for (std::size_t x = 0; x < kPixels; ++x) {
    EXPECT_NEAR(yuv.above[x], 16 + 219 * of(above[x]), 0.52);
    EXPECT_NEAR(yuv.below[x], 16 + 219 * of(below[x]), 0.52);
  }
  for (std::size_t x = 0; x < kPixels / 2; ++x) {
    double r = 0, g = 0, b = 0;
    for (const Raster::Pixel pixel : {above[2 * x], above[2 * x + 1], below[2 * x], below[2 * x + 1]}) {
      const Rgb c = Raster::unpack(pixel);
      r += c.r / 1020.0, g += c.g / 1020.0, b += c.b / 1020.0;
    }
    EXPECT_NEAR(yuv.blue[x], 128 + 224 * (b - luma(r, g, b)) / 1.8556, 0.52);
    EXPECT_NEAR(yuv.red[x], 128 + 224 * (r - luma(r, g, b)) / 1.5748, 0.52);
  }
}

TEST(Yuv, GreyHasNoChromaAndTheRangeIsTheLimitedOne) {
  for (int level = 0; level < 256; ++level) {
    const auto grey = static_cast<std::uint8_t>(level);
    const std::vector<Raster::Pixel> row(2, Raster::pack({grey, grey, grey}));
    const Yuv yuv = convert(row, row);
    EXPECT_EQ(yuv.above[1], std::lround(16 + level * 219.0 / 255)) << level;
    EXPECT_EQ(yuv.blue[0], 128) << level;
    EXPECT_EQ(yuv.red[0], 128) << level;
  }
}

TEST(Yuv, PureColoursReachTheEndsOfChroma) {
  const std::vector<Raster::Pixel> blue(2, Raster::pack({0, 0, 255})), yellow(2, Raster::pack({255, 255, 0}));
  EXPECT_EQ(convert(blue, blue).blue[0], 240);
  EXPECT_EQ(convert(yellow, yellow).blue[0], 16);
}

}  // namespace
}  // namespace ocellus::mp4
