#include "plugins/methods/smooth_gradcam/cam_fold.hpp"

#include <gmock/gmock.h>

#include <random>

#include "tests/plugins/methods/raw_attention/piece.hpp"
#include "tests/support/refusal.hpp"

namespace ocellus::methods {
namespace {

using test::Piece;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr size_t width = 3;

// Tokens 2 3 4 are image 0, cells 1 0 2 of its grid; 6 7 image 1, whose token 7 lies nowhere in the picture.
std::vector<ImageTokens> two_images() {
  return {{{2, 3, 4}, {1, 0, 2}, 3}, {{6, 7}, {0, -1}, 1}};
}

const std::vector<int64_t> all_rows{2, 3, 4, 6, 7};

// [2][rows][width] of a draw at a site, the same for the same numbers.
std::vector<float> values_of(int64_t site, size_t draw, const std::vector<int64_t>& rows) {
  std::vector<float> values;
  for (unsigned half = 0; half < 2; ++half) {
    for (const int64_t row : rows) {
      std::mt19937 random(static_cast<unsigned>(((site * 16 + static_cast<int64_t>(draw)) * 16 + row) * 2) + half);
      for (size_t c = 0; c < width; ++c) values.push_back((static_cast<float>(random() % 33) - 12) / 8);
    }
  }
  return values;
}

Piece piece_of(int64_t site, size_t draw, const std::vector<int64_t>& rows) {
  Piece piece;
  piece.layer = static_cast<int32_t>(site);
  piece.rows = rows;
  piece.values = values_of(site, draw, rows);
  piece.shape = {2, static_cast<int64_t>(rows.size()), width};
  return piece;
}

void give(CamFold& fold, size_t draw, const Piece& piece) {
  piece.give([&](const Capture& capture) { fold.add(capture.layer(), draw, capture); });
}
void give(CamFold& fold, int64_t site, size_t draw, const std::vector<int64_t>& rows = all_rows) {
  give(fold, draw, piece_of(site, draw, rows));
}

// The map of one draw at one site over an image's tokens, divided by its maximum over cells, by cell.
std::vector<double> expected(Weighting weighting, int64_t site, size_t draw, const ImageTokens& image) {
  const std::vector<float> both = values_of(site, draw, image.tokens);
  const size_t half = both.size() / 2;
  const ActivationMap raw =
      activation_map(weighting, {std::span(both).first(half), std::span(both).subspan(half), width}, false);
  std::vector<double> map(image.n_cells);
  for (size_t i = 0; i < image.tokens.size(); ++i) {
    if (image.cells[i] >= 0) map[static_cast<size_t>(image.cells[i])] = raw.values[i];
  }
  normalise(map, 0);
  return map;
}

CamSettings settings(std::vector<CamSettings::Wanted> wanted, size_t draws) {
  CamSettings settings;
  settings.wanted = std::move(wanted);
  settings.draws = draws;
  return settings;
}

TEST(CamFold, EveryImageIsPooledByItself) {
  CamFold fold(settings({{Weighting::gradcam, {1, 2}}, {Weighting::layercam, {2}}}, 2), two_images());
  for (const int64_t site : {2, 1}) {
    for (const size_t draw : {0u, 1u}) give(fold, site, draw);
  }
  const std::vector<ImageTokens> images = two_images();
  for (size_t image = 0; image < 2; ++image) {
    for (const int64_t site : {1, 2}) {
      const auto first = expected(Weighting::gradcam, site, 0, images[image]),
                 second = expected(Weighting::gradcam, site, 1, images[image]);
      const std::vector<float> mean = fold.map(0, site, image).mean();
      ASSERT_EQ(mean.size(), first.size());
      for (size_t cell = 0; cell < mean.size(); ++cell)
        EXPECT_FLOAT_EQ(mean[cell], static_cast<float>((first[cell] + second[cell]) / 2)) << site << image << cell;
    }
    EXPECT_EQ(fold.map(1, 2, image).draws(), 2u);
  }
  EXPECT_EQ(test::refusal_of([&] { fold.map(1, 1, 0); }).status, OC_E_INTERNAL) << "layercam was not wanted there";
}

TEST(CamFold, PiecesMayBeCutAndMixed) {
  const std::vector<CamSettings::Wanted> wanted{{Weighting::gradcam, {1, 2}}, {Weighting::gradcam_plus_plus, {1, 2}}};
  CamFold whole(settings(wanted, 2), two_images()), cut(settings(wanted, 2), two_images());
  for (const int64_t site : {2, 1}) {
    for (const size_t draw : {0u, 1u}) give(whole, site, draw);
  }
  for (const std::vector<int64_t>& rows : std::vector<std::vector<int64_t>>{{2}, {3, 4, 6}, {7}}) {
    for (const int64_t site : {1, 2}) {
      for (const size_t draw : {0u, 1u}) give(cut, site, draw, rows);
    }
  }
  for (const size_t index : {0u, 1u}) {
    for (const int64_t site : {1, 2}) {
      for (const size_t image : {0u, 1u}) {
        EXPECT_EQ(cut.map(index, site, image).mean(), whole.map(index, site, image).mean());
        EXPECT_EQ(cut.facts(index, site, image).maxima, whole.facts(index, site, image).maxima);
      }
    }
  }
}

// α is of all tokens of the image, the largest value of those that lie in the picture.
TEST(CamFold, TokensOutsideThePictureCountInTheMeanGradientAlone) {
  CamFold fold(settings({{Weighting::gradcam, {1}}}, 1), {{{6, 7}, {0, -1}, 1}});
  Piece piece{1, {}, {6, 7}, {}, {1, 0, 0, 9, 9, 9, 1, 0, 0, 3, 0, 0}, {2, 2, width}};
  give(fold, 0, piece);
  EXPECT_THAT(fold.map(0, 1, 0).mean(), ElementsAre(1.0f));
  EXPECT_THAT(fold.facts(0, 1, 0).maxima, ElementsAre(2.0f));  // (1 + 3) / 2 times 1
}

TEST(CamFold, TheMeanOverSitesIsTakenDrawByDraw) {
  CamSettings merged = settings({{Weighting::gradcam, {1, 2}}}, 3);
  merged.mean_over_sites = true;
  CamFold fold(merged, two_images());
  for (const int64_t site : {2, 1}) {
    for (const size_t draw : {0u, 1u, 2u}) give(fold, site, draw);
  }
  DrawMean mean;
  for (const size_t draw : {0u, 1u, 2u}) {
    const auto low = expected(Weighting::gradcam, 1, draw, two_images()[0]),
               high = expected(Weighting::gradcam, 2, draw, two_images()[0]);
    std::vector<double> both(3);
    for (size_t cell = 0; cell < 3; ++cell) both[cell] = (low[cell] + high[cell]) / 2;
    mean.add(both);
  }
  EXPECT_EQ(fold.map(0, CamFold::all_sites, 0).mean(), mean.mean());
  EXPECT_EQ(fold.map(0, CamFold::all_sites, 0).standard_error(), mean.standard_error());
}

TEST(CamFold, AThresholdIsAppliedDrawByDraw) {
  CamSettings half = settings({{Weighting::hirescam, {1}}}, 2);
  half.threshold = 0.5;
  CamFold fold(half, {{{2, 3, 4}, {0, 1, 2}, 3}});
  // Channel 0 alone: maps 4 2 1 and 1 2 1.
  give(fold, 0, Piece{1, {}, {2, 3, 4}, {}, {4, 0, 0, 2, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0}, {2, 3, width}});
  give(fold, 1, Piece{1, {}, {2, 3, 4}, {}, {1, 0, 0, 2, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0}, {2, 3, width}});
  EXPECT_THAT(fold.map(0, 1, 0).mean(), ElementsAre(0.75f, 0.75f, 0.25f));
}

TEST(CamFold, ADrawWithoutAPositiveValueCountsAsZeros) {
  CamFold fold(settings({{Weighting::hirescam, {1}}}, 2), {{{2, 3}, {0, 1}, 2}});
  give(fold, 0, Piece{1, {}, {2, 3}, {}, {1, 0, 0, 2, 0, 0, 1, 0, 0, 1, 0, 0}, {2, 2, width}});
  give(fold, 1, Piece{1, {}, {2, 3}, {}, {1, 0, 0, 2, 0, 0, -1, 0, 0, -1, 0, 0}, {2, 2, width}});
  EXPECT_THAT(fold.map(0, 1, 0).mean(), ElementsAre(0.25f, 0.5f));
  EXPECT_THAT(fold.facts(0, 1, 0).maxima, ElementsAre(2.0f, 0.0f));
  EXPECT_TRUE(fold.facts(0, 1, 0).has_gradient);
}

TEST(CamFold, AZeroGradientIsToldOfTheImageThatHasIt) {
  CamFold fold(settings({{Weighting::gradcam, {1}}}, 1), two_images());
  Piece piece = piece_of(1, 0, all_rows);
  const size_t half = piece.values.size() / 2;
  for (size_t i = half; i < half + 3 * width; ++i) piece.values[i] = 0;  // of image 0
  for (size_t i = half + 3 * width; i < piece.values.size(); ++i) piece.values[i] = 1;
  give(fold, 0, piece);
  EXPECT_FALSE(fold.facts(0, 1, 0).has_gradient);
  EXPECT_THAT(fold.map(0, 1, 0).mean(), Each(0.0f));
  EXPECT_TRUE(fold.facts(0, 1, 1).has_gradient);
}

TEST(CamFold, HirescamThatCancelsIsTold) {
  CamFold fold(settings({{Weighting::hirescam, {1}}}, 1), {{{2}, {0}, 1}});
  give(fold, 0, Piece{1, {}, {2}, {}, {100, 100, 1, 1, -1, 1}, {2, 1, width}});
  EXPECT_NEAR(fold.facts(0, 1, 0).cancelled, 1.0 / 201, 1e-12);
}

TEST(CamFold, MissingDrawsAreTheModelsFault) {
  CamFold fold(settings({{Weighting::gradcam, {1}}}, 2), two_images());
  give(fold, 1, 0);
  give(fold, 1, 1, {2, 3, 6, 7});  // one row of image 0 is missing
  EXPECT_EQ(fold.map(0, 1, 1).draws(), 2u);
  const test::Refusal refusal = test::refusal_of([&] { fold.map(0, 1, 0); });
  EXPECT_EQ(refusal.status, OC_E_INTERNAL);
  EXPECT_THAT(refusal.sentence, HasSubstr("fewer gradients"));
}

TEST(CamFold, RowsThatAreNoImagesAreTheModelsFault) {
  CamFold fold(settings({{Weighting::gradcam, {1}}}, 1), two_images());
  EXPECT_EQ(test::refusal_of([&] { give(fold, 1, 0, {5}); }).status, OC_E_INTERNAL);
  Piece flat = piece_of(1, 0, {2});
  flat.shape = {2, width};
  EXPECT_THAT(test::refusal_of([&] { give(fold, 0, flat); }).sentence, HasSubstr("[2, rows, width]"));
}

TEST(CamFold, MemoryGrowsWithSitesAndNotWithDraws) {
  const auto bytes = [](size_t sites, size_t draws) {
    std::vector<int64_t> numbers;
    for (size_t site = 0; site < sites; ++site) numbers.push_back(static_cast<int64_t>(site));
    return CamFold(settings({{Weighting::gradcam, numbers}}, draws), two_images()).bytes(width);
  };
  EXPECT_EQ(bytes(4, 10), bytes(4, 30));
  EXPECT_EQ(bytes(4, 10) - bytes(2, 10), 2 * DrawMean::bytes(3 + 1));
}

}  // namespace
}  // namespace ocellus::methods
