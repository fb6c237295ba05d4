#include "plugins/renderers/common/png.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "plugins/renderers/common/picture_file.hpp"

namespace ocellus::drawing {
namespace {

namespace fs = std::filesystem;

struct Chunk {
  std::string type;
  std::vector<std::uint8_t> data;
  bool crc_right;
};

std::uint32_t read_u32(const std::vector<std::byte>& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes.at(at + i));
  return value;
}

// The CRC of PNG specification annex D, bit by bit.
std::uint32_t crc_of(const std::vector<std::byte>& bytes, std::size_t begin, std::size_t end) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (std::size_t i = begin; i < end; ++i) {
    crc ^= std::to_integer<std::uint32_t>(bytes.at(i));
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1U ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::vector<Chunk> chunks_of(const std::vector<std::byte>& png) {
  std::vector<Chunk> chunks;
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t length = read_u32(png, at);
    Chunk chunk;
    for (std::size_t i = 0; i < 4; ++i) chunk.type += std::to_integer<char>(png.at(at + 4 + i));
    for (std::size_t i = 0; i < length; ++i) chunk.data.push_back(std::to_integer<std::uint8_t>(png.at(at + 8 + i)));
    chunk.crc_right = read_u32(png, at + 8 + length) == crc_of(png, at + 4, at + 8 + length);
    chunks.push_back(chunk);
    at += 12 + length;
  }
  return chunks;
}

Canvas coloured_canvas() {
  Canvas canvas(23, 11);
  for (int i = 0; i < 23; ++i) {
    const auto level = static_cast<std::uint8_t>(11 * i);
    canvas.fill({i, i / 4, 1, 5}, {level, 77, static_cast<std::uint8_t>(255 - level)});
  }
  return canvas;
}

class PngFile : public testing::Test {
 protected:
  PngFile() : folder_(fs::temp_directory_path() / ("ocellus_png_test_" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~PngFile() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST(Png, EveryChunkIsSoundAndTheSizeIsPhysical) {
  for (const double dpi : {72.0, 200.0, 300.0, 1200.0}) {
    const std::vector<std::byte> png = encode_png(coloured_canvas().pixels(), dpi);
    const std::vector<Chunk> chunks = chunks_of(png);
    ASSERT_GE(chunks.size(), 4U);
    EXPECT_EQ(chunks.front().type, "IHDR");
    EXPECT_EQ(chunks.back().type, "IEND");
    EXPECT_EQ(read_u32(png, 16), 23U);
    EXPECT_EQ(read_u32(png, 20), 11U);
    for (const Chunk& chunk : chunks) EXPECT_TRUE(chunk.crc_right) << chunk.type;

    ASSERT_EQ(chunks[1].type, "pHYs");
    ASSERT_EQ(chunks[1].data.size(), 9U);
    EXPECT_EQ(chunks[1].data[8], 1);  // the metre
    EXPECT_NEAR(read_u32(png, 41) * 0.0254, dpi, 0.02);
    EXPECT_NEAR(read_u32(png, 45) * 0.0254, dpi, 0.02);
  }
}

TEST(Png, RefusesADpiItCannotState) {
  for (const double dpi : {0.0, -300.0, 1e9, std::nan("")}) {
    try {
      encode_png(coloured_canvas().pixels(), dpi);
      ADD_FAILURE() << dpi << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_OPTION);
    }
  }
}

TEST_F(PngFile, HoldsThePixelsOfTheCanvas) {
  const Canvas canvas = coloured_canvas();
  const fs::path path = folder_ / "picture.png";
  write_picture(canvas, Format::png, {300.0}, path);

  cairo_surface_t* read = cairo_image_surface_create_from_png(path.c_str());
  ASSERT_EQ(cairo_surface_status(read), CAIRO_STATUS_SUCCESS);
  ASSERT_EQ(cairo_image_surface_get_width(read), 23);
  ASSERT_EQ(cairo_image_surface_get_height(read), 11);
  for (int y = 0; y < 11; ++y) {
    const auto* row = reinterpret_cast<const Raster::Pixel*>(cairo_image_surface_get_data(read) +
                                                             y * cairo_image_surface_get_stride(read));
    for (int x = 0; x < 23; ++x) EXPECT_EQ(Raster::unpack(row[x]), canvas.pixel(x, y)) << x << "," << y;
  }
  cairo_surface_destroy(read);
}

TEST_F(PngFile, ReplacesWhatIsThere) {
  const fs::path path = folder_ / "picture.png";
  std::ofstream(path) << std::string(100000, 'x');
  write_picture(coloured_canvas(), Format::png, {300.0}, path);
  EXPECT_EQ(fs::file_size(path), encode_png(coloured_canvas().pixels(), 300.0).size());
}

TEST_F(PngFile, ThatCannotBeWrittenIsNamed) {
  const fs::path path = folder_ / "no such folder" / "picture.png";
  try {
    write_picture(coloured_canvas(), Format::png, {300.0}, path);
    FAIL() << "it was written";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_WRITE);
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos);
  }
}

// A limit on file sizes stands for a full disk.
TEST_F(PngFile, ThatIsCutShortIsRemoved) {
  const fs::path path = folder_ / "picture.png";
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  oc_status status = OC_OK;
  try {
    write_picture(coloured_canvas(), Format::png, {300.0}, path);
  } catch (const Error& error) {
    status = error.status();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(status, OC_E_WRITE);
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace ocellus::drawing
