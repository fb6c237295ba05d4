// Noise against tests/data/gaussian_noise, which NumPy computed.
#include "plugins/models/common/noise/noise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/noise/philox.hpp"
#include "tests/support/npz.hpp"

namespace ocellus::models {

namespace {

oc_noise noise_of(uint32_t space, double std) {
  oc_noise noise{};
  noise.struct_size = sizeof noise;
  noise.space = space;
  noise.draw = 3;
  noise.seed = (uint64_t{1} << 40) + 7;
  noise.std = std;
  return noise;
}

// A picture of four pixels, each plane twice: values of 12 planes in turn.
constexpr PixelPlanes planes{.elements = 4, .copies = 2, .mean = {0.5f, 0.4f, 0.3f}, .std = {0.25f, 0.2f, 0.5f}};
constexpr size_t n_values = 3 * 2 * 4;

TEST(Noise, IsTheReferences) {
  const auto expected = test::read_npz(std::filesystem::path(OCELLUS_TEST_DATA) / "gaussian_noise/expected.npz");
  const auto seeds = expected.at("seeds").as<int64_t>(), draws = expected.at("draws").as<int64_t>(),
             firsts = expected.at("first_blocks").as<int64_t>();
  const auto words = expected.at("words").as<uint32_t>();
  const auto values = expected.at("values").as<float>();
  const auto n_blocks = static_cast<uint64_t>(expected.at("words").shape[3]);
  size_t at = 0;
  for (const int64_t seed : seeds) {
    for (const int64_t draw : draws) {
      for (const int64_t first : firsts) {
        for (uint64_t block = static_cast<uint64_t>(first); block < static_cast<uint64_t>(first) + n_blocks; ++block) {
          const auto made = philox4x32(
              {static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32), static_cast<uint32_t>(draw), 0},
              {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
          for (uint64_t i = 0; i < 4; ++i, ++at) {
            EXPECT_EQ(made[i], words[at]) << "seed " << seed << " draw " << draw << " block " << block;
            EXPECT_FLOAT_EQ(standard_normal(static_cast<uint64_t>(seed), static_cast<uint32_t>(draw), 4 * block + i),
                            values[at]);
          }
        }
      }
    }
  }
  EXPECT_EQ(at, values.size());
}

TEST(Noise, OfTheModelsInputIsAddedToEachValueAndHeldWithinTheLimit) {
  std::vector<float> pixels(n_values, 2.5f);
  oc_noise noise = noise_of(OC_NOISE_MODEL, 2);
  noise.limit = 3;
  const std::vector<float> noisy = under_noise(pixels, planes, &noise);
  for (size_t i = 0; i < n_values; ++i) {
    EXPECT_FLOAT_EQ(noisy[i], std::clamp(2.5f + 2 * standard_normal(noise.seed, noise.draw, i), -3.0f, 3.0f));
  }
  EXPECT_GT(std::ranges::count(noisy, 3.0f), 0);
  noise.limit = 0;
  EXPECT_GT(std::ranges::max(under_noise(pixels, planes, &noise)), 3.0f);
}

TEST(Noise, OfThePictureIsTheSameInBothCopiesOfAPlane) {
  const std::vector<float> pixels(n_values, 0.0f);  // the mean colour
  const oc_noise noise = noise_of(OC_NOISE_IMAGE, 0.05);
  const std::vector<float> noisy = under_noise(pixels, planes, &noise);
  for (size_t channel = 0; channel < 3; ++channel) {
    for (size_t i = 0; i < 4; ++i) {
      const float expected = 0.05f * standard_normal(noise.seed, noise.draw, 4 * channel + i) / planes.std[channel];
      EXPECT_NEAR(noisy[8 * channel + i], expected, 1e-6);
      EXPECT_EQ(noisy[8 * channel + i], noisy[8 * channel + 4 + i]);
    }
  }
}

TEST(Noise, OfThePictureKeepsPixelsWithinTheirRange) {
  const std::vector<float> pixels(n_values, 0.0f);
  const oc_noise noise = noise_of(OC_NOISE_IMAGE, 100);
  for (size_t i = 0; const float value : under_noise(pixels, planes, &noise)) {
    const size_t channel = i++ / 8;
    const float black = -planes.mean[channel] / planes.std[channel];
    const float white = (1 - planes.mean[channel]) / planes.std[channel];
    EXPECT_TRUE(value == black || value == white) << value;
  }
}

TEST(Noise, GivenValuesAreTakenInsteadAndMustBeAsMany) {
  const std::vector<float> pixels(n_values, 1.0f), given(n_values, -2.0f);
  oc_noise noise = noise_of(OC_NOISE_MODEL, 0.25);
  noise.values = given.data();
  noise.n_values = given.size();
  EXPECT_EQ(under_noise(pixels, planes, &noise), std::vector<float>(n_values, 0.5f));
  --noise.n_values;
  EXPECT_THROW(under_noise(pixels, planes, &noise), Error);
}

TEST(Noise, WithoutNoisePixelsStayAsTheyAre) {
  const std::vector<float> pixels(n_values, 7.0f);
  EXPECT_EQ(under_noise(pixels, planes, nullptr), pixels);
}

}  // namespace

}  // namespace ocellus::models
