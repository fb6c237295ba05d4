// Pictures against Pillow's pixels, and every way in which a file can be no picture. Fixtures: tools/fixtures/media.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <ocellus/sdk/error.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "host/media/decoder.hpp"
#include "tests/support/npy.hpp"

namespace ocellus::media {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const fs::path fixtures = fs::path(OCELLUS_TEST_DATA) / "media";

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Media : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ocellus-media-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }

  // A fixture, changed.
  fs::path spoilt(const std::string& fixture, const std::function<void(std::string&)>& change) const {
    std::string bytes = bytes_of(fixtures / fixture);
    change(bytes);
    return write(fixture, bytes);
  }

  // The sentence with which `file` is refused as a sample; it must be one line and name the file.
  std::string refusal(const fs::path& file) {
    try {
      decoder_.decode(file);
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_SAMPLE) << error.what();
      EXPECT_THAT(error.what(), AllOf(HasSubstr("'" + file.string() + "'"), Not(HasSubstr("\n"))));
      return error.what();
    }
    ADD_FAILURE() << file << " was decoded";
    return {};
  }

  fs::path folder_;
  Decoder decoder_{OCELLUS_MEDIA_LIBRARY};
};

class AgainstPillow : public ::testing::TestWithParam<const char*> {};

TEST_P(AgainstPillow, EveryPixelIsEqual) {
  const std::string name = GetParam();
  const auto expected = test::read_npy(fixtures / (name + ".npy"));
  const auto picture = Decoder(OCELLUS_MEDIA_LIBRARY).decode(fixtures / name);
  ASSERT_EQ((std::vector<std::int64_t>{picture.height, picture.width, 3}), expected.shape);
  const auto pixels = expected.as<std::uint8_t>();
  int largest = 0;
  for (std::size_t i = 0; i < pixels.size(); ++i) largest = std::max(largest, std::abs(picture.rgb[i] - pixels[i]));
  EXPECT_EQ(largest, 0);
}

INSTANTIATE_TEST_SUITE_P(Png, AgainstPillow,
                         ::testing::Values("rgb.png", "rgba.png", "grey.png", "grey_alpha.png", "palette.png",
                                           "palette_alpha.png", "one_bit.png", "rgb16.png", "rgba16.png", "grey16.png",
                                           "grey_alpha16.png", "exif_profile.png"));
INSTANTIATE_TEST_SUITE_P(Jpeg, AgainstPillow,
                         ::testing::Values("rgb_420.jpg", "rgb_444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg",
                                           "exif.jpg"));
INSTANTIATE_TEST_SUITE_P(Webp, AgainstPillow,
                         ::testing::Values("lossless.webp", "lossy.webp", "alpha.webp", "exif.webp"));
INSTANTIATE_TEST_SUITE_P(Bmp, AgainstPillow,
                         ::testing::Values("rgb.bmp", "palette.bmp", "one_bit.bmp", "rgba.bmp", "four_bits.bmp",
                                           "from_top.bmp"));

TEST_F(Media, ExifOrientationIsIgnored) {
  const std::string turn_by_90_degrees("\x01\x12\0\x03\0\0\0\x01\0\x06", 10);  // one entry of an EXIF table
  for (const char* name : {"exif.jpg", "exif.webp", "exif_profile.png"}) {
    ASSERT_THAT(bytes_of(fixtures / name), HasSubstr(turn_by_90_degrees)) << name;
    const auto picture = decoder_.decode(fixtures / name);
    EXPECT_GT(picture.width, picture.height) << name;
  }
}

TEST_F(Media, BytesBehindTheEndAreIgnored) {
  for (const char* name : {"rgb.png", "rgb_420.jpg", "lossy.webp", "rgb.bmp"})
    EXPECT_EQ(decoder_.decode(spoilt(name, [](std::string& bytes) { bytes += "trailing"; })).width, 37) << name;
}

TEST_F(Media, APictureOutlivesItsDecoder) {
  Picture picture;
  {
    Decoder decoder(OCELLUS_MEDIA_LIBRARY);
    picture = decoder.decode(fixtures / "rgb.png");
  }
  EXPECT_EQ(picture.rgb[0], test::read_npy(fixtures / "rgb.png.npy").as<std::uint8_t>()[0]);
}

TEST_F(Media, ManyThreadsDecodeAtOnce) {
  std::atomic<int> equal = 0;
  const auto expected = test::read_npy(fixtures / "rgb_420.jpg.npy");
  const auto pixels = expected.as<std::uint8_t>();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        equal += std::equal(pixels.begin(), pixels.end(), decoder_.decode(fixtures / "rgb_420.jpg").rgb.get());
    });
  threads.clear();
  EXPECT_EQ(equal, 200);
}

TEST_F(Media, WhatIsNoFileIsRefused) {
  EXPECT_THAT(refusal(folder_ / "absent.png"), HasSubstr("does not exist"));
  EXPECT_THAT(refusal(folder_), HasSubstr("is not a file"));
  EXPECT_THAT(refusal(write("empty.png", "")), HasSubstr("is an empty file"));
  EXPECT_THAT(refusal(write("text.png", "no picture at all")), HasSubstr("is not a PNG, JPEG, WebP or BMP file"));
  EXPECT_THAT(refusal(write("film.gif", "GIF89a......")), HasSubstr("is not a PNG, JPEG, WebP or BMP file"));
}

TEST_F(Media, OversizedPicturesAreRefusedBeforeDecoding) {
  EXPECT_THAT(refusal(fixtures / "too_wide.png"), HasSubstr("is 40000x1 pixels"));
  const auto huge = spoilt("rgb_420.jpg", [](std::string& bytes) {
    const auto frame = bytes.find("\xFF\xC0");
    ASSERT_NE(frame, std::string::npos);
    bytes.replace(frame + 5, 4, "\x75\x30\x4E\x20");  // 30000 rows of 20000
  });
  EXPECT_THAT(refusal(huge), HasSubstr("is 20000x30000 pixels"));
  const auto flat = spoilt("rgb.bmp", [](std::string& bytes) { bytes.replace(18, 4, std::string(4, '\0')); });
  EXPECT_THAT(refusal(flat), HasSubstr("is 0x23 pixels"));
}

// Nowhere may a prefix be taken for the whole: libjpeg alone would fill the rest with grey.
TEST_F(Media, EveryTruncationIsRefused) {
  for (const char* name : {"rgb.png", "rgb_420.jpg", "progressive.jpg", "lossy.webp", "lossless.webp", "rgb.bmp"}) {
    const std::string whole = bytes_of(fixtures / name);
    for (std::size_t size = 54; size < whole.size(); size += 1 + whole.size() / 40)
      EXPECT_THAT(refusal(write(name, whole.substr(0, size))), HasSubstr("is cut short")) << name << " at " << size;
    EXPECT_THAT(refusal(write(name, whole.substr(0, whole.size() - 1))), HasSubstr("is cut short")) << name;
  }
}

// A thumbnail in the EXIF block has an end marker of its own. (This EXIF block is broken besides, and nobody minds.)
TEST_F(Media, TheEndMarkerOfAThumbnailIsNotThePicturesEnd) {
  const std::string whole = bytes_of(fixtures / "rgb_420.jpg");
  const std::string thumbnail(
      "\xFF\xE1\x00\x08"
      "Exif\xFF\xD9",
      10);
  const std::string with_thumbnail = whole.substr(0, 2) + thumbnail + whole.substr(2);
  EXPECT_EQ(decoder_.decode(write("whole.jpg", with_thumbnail)).width, 37);
  EXPECT_THAT(refusal(write("cut.jpg", with_thumbnail.substr(0, with_thumbnail.size() - 2))), HasSubstr("cut short"));
}

TEST_F(Media, DamageIsRefused) {
  const auto flipped = spoilt("rgb.png", [](std::string& bytes) { bytes[bytes.find("IDAT") + 20] ^= 0x10; });
  EXPECT_THAT(refusal(flipped), HasSubstr("the checksum of a part called IDAT is wrong"));
  const auto headless = spoilt("rgb_420.jpg", [](std::string& bytes) { bytes.resize(2), bytes += "\xFF\xD9"; });
  EXPECT_THAT(refusal(headless), HasSubstr("it has no pixels"));
  const auto packed = spoilt("palette.bmp", [](std::string& bytes) { bytes[30] = 1; });
  EXPECT_THAT(refusal(packed), HasSubstr("compressed or 16-bit BMP"));
}

// Whatever happens to a file, there is one sentence or a picture; the decoders' own warnings reach nobody.
TEST_F(Media, RandomDamageNeitherCrashesNorWritesToStderr) {
  std::mt19937 random(1);
  ::testing::internal::CaptureStderr();
  for (const char* name : {"rgb.png", "palette_alpha.png", "exif_profile.png", "rgb_420.jpg", "progressive.jpg",
                           "cmyk.jpg", "lossy.webp", "alpha.webp", "palette.bmp", "four_bits.bmp"}) {
    for (int round = 0; round < 60; ++round) {
      const auto file = spoilt(name, [&](std::string& bytes) {
        for (int i = 0; i <= round % 4; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
      });
      try {
        decoder_.decode(file);
      } catch (const Error& error) {
        EXPECT_EQ(error.status(), OC_E_SAMPLE) << error.what();
      }
    }
  }
  std::fprintf(stderr, "still heard");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "still heard");
}

TEST_F(Media, OtherThreadsAreHeardWhileOneDecodes) {
  const auto noisy = spoilt("rgb_420.jpg", [](std::string& bytes) { bytes.insert(bytes.size() - 2, 9, 'x'); });
  std::atomic<bool> done = false;
  ::testing::internal::CaptureStderr();
  std::jthread decoding([&] {
    while (!done) decoder_.decode(noisy);
  });
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string line = std::to_string(i) + "\n";
    std::fputs(line.c_str(), stderr);
    expected += line;
  }
  done = true;
  decoding.join();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), expected);
}

TEST_F(Media, AnUnusablePictureLibraryIsReported) {
  for (const auto& library : {folder_ / "absent.so", write("broken.so", "no library")}) {
    Decoder decoder(library);
    try {
      decoder.decode(fixtures / "rgb.png");
      ADD_FAILURE() << library << " was used";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_INTERNAL);
      EXPECT_THAT(error.what(), HasSubstr("'" + library.string() + "' cannot be used"));
    }
  }
}

}  // namespace
}  // namespace ocellus::media
