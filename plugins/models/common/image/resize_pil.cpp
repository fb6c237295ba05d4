#include "plugins/models/common/image/resize_pil.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>
#include <ocellus/sdk/error.hpp>

namespace ocellus::models {
namespace {

constexpr std::size_t channels = 3;
constexpr int fraction_bits = 22;

// Keys' cubic with a = -0.5. The order of the operations is Pillow's.
double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

// As far as its third zero.
double lanczos(double x) {
  return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

struct Kernel {
  double (*value)(double);
  double support;  // it is 0 from there on
};

Kernel kernel_of(PillowFilter filter) {
  return filter == PillowFilter::lanczos ? Kernel{lanczos, 3} : Kernel{bicubic, 2};
}

// The input positions that make one output position.
struct Taps {
  std::size_t first;
  std::vector<std::int32_t> weights;  // in units of 2^-fraction_bits
};

// One entry for each of the `to` positions along a side of `from`.
std::vector<Taps> taps_along(int from, int to, const Kernel& kernel) {
  const double scale = static_cast<double>(from) / to;
  const double filter_scale = std::max(scale, 1.0);
  const double support = kernel.support * filter_scale;
  const double inverse = 1 / filter_scale;
  std::vector<Taps> taps;
  taps.reserve(static_cast<std::size_t>(to));
  std::vector<double> exact;
  for (int position = 0; position < to; ++position) {
    const double center = (position + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int last = std::min(static_cast<int>(center + support + 0.5), from);
    exact.clear();
    double sum = 0;
    for (int k = 0; k < last - first; ++k) {
      exact.push_back(kernel.value((k + first - center + 0.5) * inverse));
      sum += exact.back();
    }
    Taps& entry = taps.emplace_back(Taps{static_cast<std::size_t>(first), {}});
    for (double weight : exact) {
      if (sum != 0) weight /= sum;
      entry.weights.push_back(static_cast<std::int32_t>(weight * (1 << fraction_bits) + (weight < 0 ? -0.5 : 0.5)));
    }
  }
  return taps;
}

// out[i] = Σ_k in[(first + k) * stride + i] * weights[k], rounded and clipped, for i < lanes. No sum leaves 32 bits:
// the weights of one position are below 2^23 in absolute sum.
template <std::size_t lanes>
void weighted_sum(const std::uint8_t* in, std::size_t stride, const Taps& taps, std::uint8_t* out) {
  std::array<std::int32_t, lanes> sum;
  sum.fill(1 << (fraction_bits - 1));
  const std::uint8_t* row = in + taps.first * stride;
  for (const std::int32_t weight : taps.weights) {
    for (std::size_t i = 0; i < lanes; ++i) sum[i] += row[i] * weight;
    row += stride;
  }
  for (std::size_t i = 0; i < lanes; ++i)
    out[i] = static_cast<std::uint8_t>(std::clamp(sum[i] >> fraction_bits, 0, 255));
}

// Picks lanes that fill vector registers; every lane is a sample of its own, so the width changes no number.
constexpr std::size_t wide = 32;

// [from, width] samples to [to, width].
std::vector<std::uint8_t> resize_rows(std::span<const std::uint8_t> in, std::size_t width, int from, int to,
                                      const Kernel& kernel) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(to) * width);
  std::uint8_t* out_row = out.data();
  for (const Taps& taps : taps_along(from, to, kernel)) {
    std::size_t i = 0;
    for (; i + wide <= width; i += wide) weighted_sum<wide>(in.data() + i, width, taps, out_row + i);
    for (; i < width; ++i) weighted_sum<1>(in.data() + i, width, taps, out_row + i);
    out_row += width;
  }
  return out;
}

// [height, from, 3] samples to [height, to, 3]. Works on the transposed picture, [from, rows, 3] for some rows at a
// time, so that neighbours in memory get the same weights.
std::vector<std::uint8_t> resize_columns(std::span<const std::uint8_t> in, std::size_t height, int from, int to,
                                         const Kernel& kernel) {
  constexpr std::size_t rows_at_once = wide;
  constexpr std::size_t stride = rows_at_once * channels;
  const auto taps = taps_along(from, to, kernel);
  const auto in_width = static_cast<std::size_t>(from);
  std::vector<std::uint8_t> out(height * taps.size() * channels);
  std::vector<std::uint8_t> columns(in_width * stride);
  std::array<std::uint8_t, stride> column;
  for (std::size_t top = 0; top < height; top += rows_at_once) {
    const std::size_t rows = std::min(rows_at_once, height - top);
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t x = 0; x < in_width; ++x)
        std::memcpy(&columns[x * stride + row * channels], &in[((top + row) * in_width + x) * channels], channels);
    for (std::size_t x = 0; x < taps.size(); ++x) {
      for (std::size_t i = 0; i < stride; i += wide)
        weighted_sum<wide>(columns.data() + i, stride, taps[x], column.data() + i);
      for (std::size_t row = 0; row < rows; ++row)
        std::memcpy(&out[((top + row) * taps.size() + x) * channels], &column[row * channels], channels);
    }
  }
  return out;
}

}  // namespace

std::vector<std::uint8_t> resize_pil(std::span<const std::uint8_t> rgb, Size from, Size to, PillowFilter filter,
                                     PassOrder order) {
  if (from.height <= 0 || from.width <= 0 || to.height <= 0 || to.width <= 0 ||
      rgb.size() != static_cast<std::size_t>(from.height) * static_cast<std::size_t>(from.width) * channels)
    throw Error(OC_E_INTERNAL, fmt::format("{} bytes of RGB cannot be resized from {}x{} to {}x{} pixels", rgb.size(),
                                           from.width, from.height, to.width, to.height));
  const int shrink = from.height - to.height;
  const bool height_first = order == PassOrder::pillow_13 && shrink > 0 && shrink > 2 * (from.width - to.width);
  const Kernel kernel = kernel_of(filter);
  std::vector<std::uint8_t> between;
  const auto resize_height = [&](int width) {
    if (from.height == to.height) return;
    between = resize_rows(rgb, static_cast<std::size_t>(width) * channels, from.height, to.height, kernel);
    rgb = between;
  };
  if (height_first) resize_height(from.width);
  if (from.width != to.width) {
    between = resize_columns(rgb, static_cast<std::size_t>(height_first ? to.height : from.height), from.width,
                             to.width, kernel);
    rgb = between;
  }
  if (!height_first) resize_height(to.width);
  return {rgb.begin(), rgb.end()};
}

}  // namespace ocellus::models
