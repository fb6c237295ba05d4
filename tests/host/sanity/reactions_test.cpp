#include "host/sanity/reactions.hpp"

#include <gmock/gmock.h>

#include "host/store/stored_values.hpp"

namespace ocellus::sanity {
namespace {

// A row of cells beside each other, each as wide as a quarter of the picture: the fifth is beyond its edge.
store::ArtifactData map_of(const std::string& label, const std::vector<float>& values, int32_t image = 0) {
  std::vector<float> cells;
  for (size_t i = 0; i < values.size(); ++i) {
    const float left = 0.25f * static_cast<float>(i);
    cells.insert(cells.end(), {left, 0, left + 0.25f, 1});
  }
  const auto cols = static_cast<int64_t>(values.size());
  store::ArtifactData artifact;
  artifact.type = "heatmap/1";
  artifact.label = label;
  artifact.image = image;
  artifact.tensors = {{"values", store::array_of(values, {1, cols})}, {"cells", store::array_of(cells, {1, cols, 4})}};
  return artifact;
}

const std::vector<PictureSize> pictures{{8, 4}, {8, 4}};
constexpr Stage stage{Check::image, 0};

TEST(Reactions, AreOfTheSameMapOfTheSameImage) {
  const auto found =
      reactions({map_of("a", {1, 2, 3, 4}), map_of("b", {1, 2, 3, 4}), map_of("a", {1, 2, 3, 4}, 1)},
                {map_of("a", {4, 3, 2, 1}, 1), map_of("b", {1, 3, 2, 4}), map_of("a", {1, 2, 3, 9})}, pictures, stage);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].correlation, 1);
  EXPECT_NEAR(*found[1].correlation, 0.8, 1e-12);
  EXPECT_EQ(found[2].correlation, -1);
  EXPECT_EQ(found[2].image, 1);
  EXPECT_EQ(found[2].stage, stage);
}

TEST(Reactions, LeaveOutCellsWithoutPixels) {
  const auto found = reactions({map_of("a", {1, 2, 3, 4, 100})}, {map_of("a", {1, 2, 3, 4, 0})}, pictures, stage);
  EXPECT_EQ(found.at(0).correlation, 1);
}

TEST(Reactions, SayWhyThereIsNoCorrelation) {
  store::ArtifactData degenerate = map_of("a", {1, 2, 3, 4});
  degenerate.texts = {{"degenerate", "the gradient is 0"}};
  const auto why = [&](const store::ArtifactData& original, const store::ArtifactData& altered) {
    const auto found = reactions({original}, {altered}, pictures, stage);
    EXPECT_FALSE(found.at(0).correlation);
    return found.at(0).undefined;
  };
  const store::ArtifactData sound = map_of("a", {1, 2, 3, 4});
  EXPECT_THAT(why(degenerate, sound), ::testing::HasSubstr("original map means nothing: the gradient is 0"));
  EXPECT_THAT(why(sound, degenerate), ::testing::HasSubstr("altered map means nothing: the gradient is 0"));
  EXPECT_THAT(why(sound, map_of("b", {1, 2, 3, 4})), ::testing::HasSubstr("no such map"));
  EXPECT_THAT(why(sound, map_of("a", {1, 2, 3})), ::testing::HasSubstr("another grid"));
  EXPECT_THAT(why(sound, map_of("a", {5, 5, 5, 5})), ::testing::HasSubstr("same value"));
}

}  // namespace
}  // namespace ocellus::sanity
