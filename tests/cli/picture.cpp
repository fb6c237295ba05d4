#include "tests/cli/picture.hpp"

#include <string>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::test {
namespace {

std::string little(uint32_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

}  // namespace

std::string write_bmp(const std::filesystem::path& file, int width, int height,
                      const std::function<Colour(int x, int y)>& colour) {
  std::string pixels;
  for (int y = height - 1; y >= 0; --y) {
    for (int x = 0; x < width; ++x) {
      const Colour rgb = colour(x, y);
      for (int channel = 2; channel >= 0; --channel) pixels += static_cast<char>(rgb[static_cast<size_t>(channel)]);
    }
    pixels.resize((pixels.size() + 3) / 4 * 4, '\0');
  }
  constexpr uint32_t header = 54;
  const std::string bytes = "BM" + little(header + static_cast<uint32_t>(pixels.size()), 4) + little(0, 4) +
                            little(header, 4) + little(40, 4) + little(static_cast<uint32_t>(width), 4) +
                            little(static_cast<uint32_t>(height), 4) + little(1, 2) + little(24, 2) +
                            std::string(24, '\0') + pixels;
  return write_file(file, bytes).string();
}

media::Picture read_picture(const std::filesystem::path& file) {
  media::Decoder decoder(OCELLUS_MEDIA_LIBRARY);
  return decoder.decode(file);
}

}  // namespace ocellus::test
