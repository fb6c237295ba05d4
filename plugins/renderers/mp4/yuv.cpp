#include "plugins/renderers/mp4/yuv.hpp"

// Whole numbers: both give the same.
#ifdef __x86_64__
#define FOR_AVX2_TOO __attribute__((target_clones("default", "avx2")))
#else
#define FOR_AVX2_TOO
#endif

namespace ocellus::mp4 {
namespace {

using Pixel = drawing::Raster::Pixel;

// A pixel's or a sum of four pixels' colours: sixteen bits, as are the weights, so that the compiler can take the
// processor's 16-bit products.
struct Colours {
  std::int16_t r, g, b;

  explicit Colours(Pixel pixel)
      : r(static_cast<std::int16_t>(pixel >> 16 & 0xff)),
        g(static_cast<std::int16_t>(pixel >> 8 & 0xff)),
        b(static_cast<std::int16_t>(pixel & 0xff)) {}
};

constexpr int kBits = 15;  // of a weight's fraction
constexpr std::int16_t fixed(double x) {
  return static_cast<std::int16_t>(x * (1 << kBits) + (x < 0 ? -0.5 : 0.5));
}

struct Weights {
  std::int16_t r, g, b;

  std::int32_t sum(std::int16_t red, std::int16_t green, std::int16_t blue) const {
    return std::int32_t{r} * red + std::int32_t{g} * green + std::int32_t{b} * blue;
  }
};

// Of the colours in luma, and how much of 0..255 the limited range leaves.
constexpr double kRed = 0.2126, kGreen = 0.7152, kBlue = 0.0722;
constexpr double kLumaRange = 219.0 / 255, kChromaRange = 224.0 / 255;
constexpr Weights kLuma{fixed(kLumaRange * kRed), fixed(kLumaRange* kGreen), fixed(kLumaRange* kBlue)};

// Of a colour less luma. Those of green are what is left to 0, so that grey has no chroma at all.
constexpr Weights without_grey(std::int16_t r, std::int16_t b) {
  return {r, static_cast<std::int16_t>(-r - b), b};
}
constexpr double kPerBlue = kChromaRange / (2 * (1 - kBlue)), kPerRed = kChromaRange / (2 * (1 - kRed));
constexpr Weights kBlueDifference = without_grey(fixed(-kPerBlue * kRed), fixed(kPerBlue*(1 - kBlue)));
constexpr Weights kRedDifference = without_grey(fixed(kPerRed * (1 - kRed)), fixed(-kPerRed* kBlue));

FOR_AVX2_TOO void luma(std::span<const Pixel> pixels, std::uint8_t* __restrict to) {
  constexpr std::int32_t kBlack = (16 << kBits) + (1 << (kBits - 1));
  const Pixel* __restrict const from = pixels.data();
  for (std::size_t x = 0; x < pixels.size(); ++x) {
    const Colours c(from[x]);
    to[x] = static_cast<std::uint8_t>((kLuma.sum(c.r, c.g, c.b) + kBlack) >> kBits);
  }
}

FOR_AVX2_TOO void chroma(const Pixel* __restrict above, const Pixel* __restrict below, std::size_t n,
                         std::uint8_t* __restrict blue, std::uint8_t* __restrict red) {
  constexpr int kBitsOfFour = kBits + 2;
  constexpr std::int32_t kGrey = (128 << kBitsOfFour) + (1 << (kBitsOfFour - 1));
  for (std::size_t x = 0; x < n; ++x) {
    const Colours p(above[2 * x]), q(above[2 * x + 1]), s(below[2 * x]), t(below[2 * x + 1]);
    const auto r = static_cast<std::int16_t>(p.r + q.r + s.r + t.r);
    const auto g = static_cast<std::int16_t>(p.g + q.g + s.g + t.g);
    const auto b = static_cast<std::int16_t>(p.b + q.b + s.b + t.b);
    blue[x] = static_cast<std::uint8_t>((kBlueDifference.sum(r, g, b) + kGrey) >> kBitsOfFour);
    red[x] = static_cast<std::uint8_t>((kRedDifference.sum(r, g, b) + kGrey) >> kBitsOfFour);
  }
}

}  // namespace

void to_yuv(std::span<const Pixel> above, std::span<const Pixel> below, const RowPair& to) {
  luma(above, to.luma_above);
  luma(below, to.luma_below);
  chroma(above.data(), below.data(), above.size() / 2, to.blue, to.red);
}

}  // namespace ocellus::mp4
