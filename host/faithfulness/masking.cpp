#include "host/faithfulness/masking.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

namespace ocellus::faithfulness {
namespace {

constexpr size_t channels = 3;

size_t pixels_of(const media::Picture& picture) {
  return static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height);
}

media::Picture picture_of(const media::Picture& like, std::shared_ptr<uint8_t[]> rgb) {
  return {like.width, like.height, std::move(rgb)};
}

media::Picture plain(const media::Picture& like, const std::array<uint8_t, channels>& colour) {
  const size_t n = pixels_of(like);
  auto rgb = std::make_shared<uint8_t[]>(channels * n);
  for (size_t i = 0; i < n; ++i) std::copy(colour.begin(), colour.end(), &rgb[channels * i]);
  return picture_of(like, std::move(rgb));
}

std::array<uint8_t, channels> mean_colour(const media::Picture& picture) {
  const size_t n = pixels_of(picture);
  std::array<uint64_t, channels> sums{};
  for (size_t i = 0; i < channels * n; ++i) sums[i % channels] += picture.rgb[i];
  std::array<uint8_t, channels> colour{};
  for (size_t channel = 0; channel < channels; ++channel)
    colour[channel] = static_cast<uint8_t>((2 * sums[channel] + n) / (2 * n));  // the nearest
  return colour;
}

// The mean of `line` over windows of 2 * radius + 1, its ends repeated beyond it; `passes` times.
void smooth(std::vector<double>& line, int radius, int passes) {
  const auto n = static_cast<int>(line.size());
  std::vector<double> from(line.size());
  const auto at = [&](int i) { return from[static_cast<size_t>(std::clamp(i, 0, n - 1))]; };
  for (int pass = 0; pass < passes; ++pass) {
    from = line;
    double sum = 0;
    for (int i = -radius; i <= radius; ++i) sum += at(i);
    for (int i = 0; i < n; ++i) {
      line[static_cast<size_t>(i)] = sum / (2 * radius + 1);
      sum += at(i + radius + 1) - at(i - radius);
    }
  }
}

// Three means in a row are nearly a Gaussian, whose standard deviation is then about the radius: a tenth of the longer
// side.
media::Picture blurred(const media::Picture& picture) {
  constexpr int passes = 3;
  const auto width = static_cast<size_t>(picture.width), height = static_cast<size_t>(picture.height);
  const int radius = std::max(1, std::max(picture.width, picture.height) / 10);
  auto rgb = std::make_shared<uint8_t[]>(channels * width * height);
  std::vector<double> row(width), column(height);
  std::vector<float> plane(width * height);
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t y = 0; y < height; ++y) {
      for (size_t x = 0; x < width; ++x) row[x] = picture.rgb[channels * (y * width + x) + channel];
      smooth(row, radius, passes);
      for (size_t x = 0; x < width; ++x) plane[y * width + x] = static_cast<float>(row[x]);
    }
    for (size_t x = 0; x < width; ++x) {
      for (size_t y = 0; y < height; ++y) column[y] = plane[y * width + x];
      smooth(column, radius, passes);
      for (size_t y = 0; y < height; ++y) {
        rgb[channels * (y * width + x) + channel] =
            static_cast<uint8_t>(std::lround(std::clamp(column[y], 0.0, 255.0)));
      }
    }
  }
  return picture_of(picture, std::move(rgb));
}

}  // namespace

media::Picture fill_of(const media::Picture& picture, Fill fill) {
  switch (fill) {
    case Fill::blur:
      return blurred(picture);
    case Fill::black:
      return plain(picture, {0, 0, 0});
    case Fill::mean:
      break;
  }
  return plain(picture, mean_colour(picture));
}

media::Picture masked(const media::Picture& picture, const media::Picture& fill, const Grid& grid,
                      std::span<const uint32_t> places) {
  const size_t n = channels * pixels_of(picture);
  auto rgb = std::make_shared<uint8_t[]>(n);
  std::memcpy(rgb.get(), picture.rgb.get(), n);
  for (const uint32_t place : places) {
    const PixelRect& rect = grid.rects()[place];
    for (int y = rect.y0; y < rect.y1 && rect.x1 > rect.x0; ++y) {
      const size_t first =
          channels * (static_cast<size_t>(y) * static_cast<size_t>(picture.width) + static_cast<size_t>(rect.x0));
      std::memcpy(&rgb[first], &fill.rgb[first], channels * static_cast<size_t>(rect.x1 - rect.x0));
    }
  }
  return picture_of(picture, std::move(rgb));
}

}  // namespace ocellus::faithfulness
