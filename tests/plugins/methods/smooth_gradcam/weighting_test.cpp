#include "plugins/methods/smooth_gradcam/weighting.hpp"

#include <gmock/gmock.h>

#include <ocellus/abi/base.h>
#include <cmath>
#include <random>

#include "tests/support/refusal.hpp"

namespace ocellus::methods {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::Pointwise;

using Matrix = std::vector<std::vector<double>>;  // [tokens][channels]

std::vector<float> flat(const Matrix& matrix) {
  std::vector<float> values;
  for (const auto& row : matrix) {
    for (const double value : row) values.push_back(static_cast<float>(value));
  }
  return values;
}

std::vector<double> map_of(Weighting weighting, const Matrix& activation, const Matrix& gradient,
                           bool grad_relu = false) {
  const std::vector<float> a = flat(activation), g = flat(gradient);
  return activation_map(weighting, {a, g, activation.front().size()}, grad_relu).values;
}

// Numbers that float32 holds exactly, of both signs, some gradients 0.
Matrix drawn(size_t tokens, size_t channels, unsigned seed) {
  std::mt19937 random(seed);
  Matrix matrix(tokens, std::vector<double>(channels));
  for (auto& row : matrix) {
    for (double& value : row) value = (static_cast<double>(random() % 65) - 32) / 16;
  }
  return matrix;
}

double relu(double value) {
  return std::max(value, 0.0);
}

// The formulas of weighting.hpp, letter by letter.
std::vector<double> by_the_book(Weighting weighting, const Matrix& a, const Matrix& g) {
  const size_t tokens = a.size(), channels = a.front().size();
  std::vector<double> map(tokens, 0.0);
  for (size_t c = 0; c < channels; ++c) {
    double mean = 0, sum = 0, plus_plus = 0;
    for (size_t n = 0; n < tokens; ++n) mean += g[n][c] / static_cast<double>(tokens), sum += a[n][c];
    for (size_t n = 0; n < tokens; ++n) {
      const double square = std::pow(g[n][c], 2), divisor = 2 * square + sum * std::pow(g[n][c], 3);
      if (divisor != 0) plus_plus += square / divisor * relu(g[n][c]);
    }
    for (size_t n = 0; n < tokens; ++n) {
      switch (weighting) {
        case Weighting::gradcam:
          map[n] += mean * a[n][c];
          break;
        case Weighting::hirescam:
          map[n] += g[n][c] * a[n][c];
          break;
        case Weighting::layercam:
          map[n] += relu(g[n][c]) * a[n][c];
          break;
        case Weighting::gradcam_plus_plus:
          map[n] += plus_plus * a[n][c];
          break;
      }
    }
  }
  for (double& value : map) value = relu(value);
  return map;
}

constexpr Weighting all[] = {Weighting::gradcam, Weighting::hirescam, Weighting::layercam,
                             Weighting::gradcam_plus_plus};

TEST(Weighting, WorkedByHand) {
  const Matrix a{{1, 2}, {3, -1}}, g{{1, 0}, {-2, 1}};
  EXPECT_THAT(map_of(Weighting::gradcam, a, g), ElementsAre(0.5, 0.0));   // a = (-1/2, 1/2)
  EXPECT_THAT(map_of(Weighting::hirescam, a, g), ElementsAre(1.0, 0.0));  // 1 + 0, -6 - 1
  EXPECT_THAT(map_of(Weighting::layercam, a, g), ElementsAre(1.0, 0.0));
  // Sums of A: (4, 1). w = (1 / (2 + 4), 1 / (2 + 1)).
  EXPECT_THAT(map_of(Weighting::gradcam_plus_plus, a, g),
              ElementsAre(DoubleNear(1.0 / 6 + 2.0 / 3, 1e-15), DoubleNear(3.0 / 6 - 1.0 / 3, 1e-15)));
}

TEST(Weighting, FollowsTheFormulas) {
  for (const Weighting weighting : all) {
    for (const size_t channels : {1u, 7u, 8u, 21u}) {
      const Matrix a = drawn(12, channels, 3), g = drawn(12, channels, 4);
      const std::vector<double> map = map_of(weighting, a, g);
      EXPECT_THAT(map, Pointwise(DoubleNear(1e-10), by_the_book(weighting, a, g)));
      EXPECT_THAT(map, Each(Ge(0.0)));
    }
  }
}

TEST(Weighting, GradReluSetsNegativeGradientsToZeroFirst) {
  const Matrix a = drawn(9, 11, 5), g = drawn(9, 11, 6);
  Matrix positive = g;
  for (auto& row : positive) {
    for (double& value : row) value = relu(value);
  }
  for (const Weighting weighting : all) EXPECT_EQ(map_of(weighting, a, g, true), map_of(weighting, a, positive, false));
  EXPECT_NE(map_of(Weighting::gradcam, a, g, true), map_of(Weighting::gradcam, a, g));
}

// A divisor of exactly 0 has no quotient: the gradient counts nothing.
TEST(Weighting, APlusPlusDivisorOfZeroIsLeftOut) {
  EXPECT_THAT(map_of(Weighting::gradcam_plus_plus, {{-2, 1}, {1, 1}}, {{2, 1}, {0, 0}}),
              ElementsAre(DoubleNear(0.25, 1e-15), DoubleNear(0.25, 1e-15)));
}

TEST(Weighting, NoGradientMakesAMapOfZeros) {
  for (const Weighting weighting : all)
    EXPECT_THAT(map_of(weighting, drawn(4, 8, 7), Matrix(4, std::vector<double>(8, 0.0))), Each(0.0));
}

TEST(Weighting, HirescamTellsWhatCouldCancel) {
  const std::vector<float> a{1, 2, 3, 1}, g{2, -1, 1, 1};
  const ActivationMap map = activation_map(Weighting::hirescam, {a, g, 2}, false);
  EXPECT_THAT(map.values, ElementsAre(0.0, 4.0));
  EXPECT_EQ(map.largest_terms, 4.0);
  const std::vector<float> cancelling{1, 2, 3, 1}, against{2, -1, 1, -3};
  EXPECT_EQ(activation_map(Weighting::hirescam, {cancelling, against, 2}, false).largest_terms, 6.0);
}

TEST(Weighting, WordsHaveOneMeaning) {
  EXPECT_EQ(weighting_of("gradcam++"), Weighting::gradcam_plus_plus);
  EXPECT_EQ(test::refusal_of([] { (void)weighting_of("scorecam"); }).status, OC_E_INTERNAL);
}

}  // namespace
}  // namespace ocellus::methods
