// Pictures made and read by the tests.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "host/media/decoder.hpp"

namespace ocellus::test {

using Colour = std::array<uint8_t, 3>;

// An uncompressed BMP whose pixel in column x of row y (from the top) is colour(x, y).
std::string write_bmp(const std::filesystem::path& file, int width, int height,
                      const std::function<Colour(int x, int y)>& colour);

media::Picture read_picture(const std::filesystem::path& file);

}  // namespace ocellus::test
