// A film as a player sees it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::test {

struct DecodedFilm {
  int width = 0, height = 0;
  std::string codec, pixel_format;
  std::string primaries, transfer, matrix, range;
  double fps = 0.0, seconds = 0.0;
  std::vector<double> times;              // of each frame, in seconds
  std::vector<std::vector<uint8_t>> rgb;  // of each frame, [height, width, 3]

  drawing::Rgb at(size_t frame, int x, int y) const {
    const size_t pixel = (static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)) * 3;
    return {rgb[frame][pixel], rgb[frame][pixel + 1], rgb[frame][pixel + 2]};
  }
};

// Throws std::runtime_error for what libav cannot play.
DecodedFilm decode(const std::filesystem::path& path);

// Names of the boxes that an MP4 file is made of, in order: "ftyp", "moov", ...
std::vector<std::string> boxes_of_mp4(const std::filesystem::path& path);

}  // namespace ocellus::test
