// Films decoded again.
#include "plugins/renderers/mp4/video_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <webp/demux.h>

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <cstdlib>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/mp4/animated_webp.hpp"
#include "tests/plugins/renderers/mp4/support/decoded_film.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::mp4 {
namespace {

using drawing::Raster;
using drawing::Rgb;
using test::DecodedFilm;
using testing::ElementsAre;
using testing::HasSubstr;

// A frame of one colour with a square that walks to the right.
Raster frame(int width, int height, int step, Rgb colour) {
  Raster raster(width, height);
  raster.edit_rows([&](int y, std::span<Raster::Pixel> pixels) {
    for (size_t x = 0; x < pixels.size(); ++x) {
      const bool in_square =
          y >= 8 && y < 24 && static_cast<int>(x) >= 16 * step && static_cast<int>(x) < 16 * step + 16;
      pixels[x] = Raster::pack(in_square ? Rgb{20, 40, 220} : colour);
    }
  });
  return raster;
}

constexpr Rgb kColour{200, 30, 30};

std::filesystem::path write(const std::filesystem::path& path, const VideoEncoder& encoder, int width, int height,
                            int n, int fps = 2) {
  VideoFile film(path, encoder, {width, height, fps, 18});
  for (int k = 0; k < n; ++k) film.add(frame(width, height, k % 4, kColour));
  film.finish();
  return path;
}

void expect_near(Rgb found, Rgb wanted, int most) {
  EXPECT_NEAR(found.r, wanted.r, most);
  EXPECT_NEAR(found.g, wanted.g, most);
  EXPECT_NEAR(found.b, wanted.b, most);
}

TEST(VideoFile, PlaysAsItWasWritten) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = write(folder / "a film: of 7.mp4", choose_encoder(), 128, 96, 7);
  const DecodedFilm film = test::decode(path);
  EXPECT_EQ(film.codec, "h264");
  EXPECT_EQ(film.pixel_format, "yuv420p");
  EXPECT_EQ(film.width, 128);
  EXPECT_EQ(film.height, 96);
  EXPECT_EQ(film.primaries, "bt709");
  EXPECT_EQ(film.transfer, "bt709");
  EXPECT_EQ(film.matrix, "bt709");
  EXPECT_EQ(film.range, "tv");
  EXPECT_DOUBLE_EQ(film.fps, 2.0);
  EXPECT_DOUBLE_EQ(film.seconds, 3.5);
  EXPECT_THAT(film.times, ElementsAre(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0));
  for (size_t k = 0; k < film.rgb.size(); ++k) {
    expect_near(film.at(k, 100, 60), kColour, 4);
    expect_near(film.at(k, static_cast<int>(16 * (k % 4)) + 8, 16), {20, 40, 220}, 6);
  }
}

TEST(VideoFile, BeginsWithItsIndex) {
  const test::TemporaryFolder folder;
  const auto boxes = test::boxes_of_mp4(write(folder / "film.mp4", choose_encoder(), 64, 48, 3));
  const auto moov = std::find(boxes.begin(), boxes.end(), "moov"), mdat = std::find(boxes.begin(), boxes.end(), "mdat");
  ASSERT_NE(mdat, boxes.end());
  EXPECT_EQ(boxes.front(), "ftyp");
  EXPECT_LT(moov, mdat);
}

TEST(VideoFile, PadsOddSides) {
  const test::TemporaryFolder folder;
  const DecodedFilm film = test::decode(write(folder / "film.mp4", choose_encoder(), 101, 67, 2));
  EXPECT_EQ(film.width, 102);
  EXPECT_EQ(film.height, 68);
  expect_near(film.at(1, 100, 60), kColour, 4);
  expect_near(film.at(1, 101, 67), kColour, 8);
}

TEST(VideoFile, OneFrameIsAFilm) {
  const test::TemporaryFolder folder;
  const DecodedFilm film = test::decode(write(folder / "film.mp4", choose_encoder(), 64, 48, 1));
  EXPECT_EQ(film.rgb.size(), 1u);
  EXPECT_DOUBLE_EQ(film.seconds, 0.5);
}

TEST(VideoFile, LongFilmsKeepEveryFrame) {
  const test::TemporaryFolder folder;
  const DecodedFilm film = test::decode(write(folder / "film.mp4", choose_encoder(), 64, 48, 300, 30));
  EXPECT_EQ(film.rgb.size(), 300u);
  EXPECT_DOUBLE_EQ(film.fps, 30.0);
  EXPECT_NEAR(film.seconds, 10.0, 1e-6);
}

TEST(VideoFile, IsTheSameTwice) {
  const test::TemporaryFolder folder;
  const std::string first = test::read_file(write(folder / "film.mp4", choose_encoder(), 128, 96, 20));
  EXPECT_TRUE(first == test::read_file(write(folder / "film.mp4", choose_encoder(), 128, 96, 20)));
}

TEST(VideoFile, WithoutAnEndThereIsNoFile) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "film.mp4";
  {
    VideoFile film(path, choose_encoder(), {64, 48, 2, 18});
    for (int k = 0; k < 60; ++k) film.add(frame(64, 48, k % 4, kColour));
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(VideoFile, SaysWhatCannotBeWritten) {
  const test::TemporaryFolder folder;
  try {
    VideoFile film(folder / "no folder/film.mp4", choose_encoder(), {64, 48, 2, 18});
    FAIL() << "a folder that is not there was written to";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_WRITE);
    EXPECT_THAT(error.what(), HasSubstr("no folder/film.mp4"));
  }
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  std::filesystem::create_symlink("/dev/full", folder / "full.mp4");
  try {
    write(folder / "full.mp4", choose_encoder(), 64, 48, 3);
    FAIL() << "a full disk took a film";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_WRITE) << error.what();
  }
}

TEST(VideoEncoder, IsVp9WhereThereIsNoH264) {
  const VideoEncoder vp9 = choose_encoder([](const char* name) {
    return std::string_view(name) == "libx264" ? nullptr : avcodec_find_encoder_by_name(name);
  });
  ASSERT_EQ(vp9.format, VideoFormat::vp9);
  const test::TemporaryFolder folder;
  const DecodedFilm film = test::decode(write(folder / "film.mp4", vp9, 128, 96, 6));
  EXPECT_EQ(film.codec, "vp9");
  EXPECT_EQ(film.pixel_format, "yuv420p");
  EXPECT_EQ(film.matrix, "bt709");
  EXPECT_EQ(film.rgb.size(), 6u);
  expect_near(film.at(5, 100, 60), kColour, 6);
  const std::string first = test::read_file(folder / "film.mp4");
  EXPECT_TRUE(first == test::read_file(write(folder / "film.mp4", vp9, 128, 96, 6)));
}

TEST(VideoEncoder, NeitherIsOneSentence) {
  try {
    choose_encoder([](const char*) -> const AVCodec* { return nullptr; });
    FAIL() << "an encoder was found where there is none";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_UNSUPPORTED);
    EXPECT_THAT(error.what(), HasSubstr("libx264"));
    EXPECT_THAT(error.what(), HasSubstr("format=webp"));
  }
}

TEST(AnimatedWebp, HasEveryFrame) {
  const test::TemporaryFolder folder;
  const auto write_webp = [&] {
    AnimatedWebp film(folder / "film.webp", {128, 96, 2, 90});
    for (int k = 0; k < 4; ++k) film.add(frame(128, 96, k, kColour));
    film.finish();
    return test::read_file(folder / "film.webp");
  };
  const std::string bytes = write_webp();
  const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(WebPAnimDecoderNew(&data, nullptr),
                                                                                   WebPAnimDecoderDelete);
  ASSERT_NE(decoder, nullptr);
  WebPAnimInfo info;
  WebPAnimDecoderGetInfo(decoder.get(), &info);
  EXPECT_EQ(info.frame_count, 4u);
  EXPECT_EQ(info.canvas_width, 128u);
  EXPECT_EQ(info.loop_count, 0u);
  std::vector<int> times;
  for (std::uint8_t* rgba = nullptr; WebPAnimDecoderHasMoreFrames(decoder.get()) != 0;) {
    WebPAnimDecoderGetNext(decoder.get(), &rgba, &times.emplace_back());
    const std::uint8_t* pixel = rgba + (60 * 128 + 100) * 4;
    expect_near({pixel[0], pixel[1], pixel[2]}, kColour, 6);
  }
  EXPECT_THAT(times, ElementsAre(500, 1000, 1500, 2000));
  EXPECT_TRUE(bytes == write_webp());
}

}  // namespace
}  // namespace ocellus::mp4
