#include "host/sanity/settings.hpp"

#include <gmock/gmock.h>

#include <ocellus/sdk/error.hpp>

namespace ocellus::sanity {
namespace {

std::vector<int64_t> tops(size_t stages, int64_t layers) {
  std::vector<int64_t> made;
  for (const Stage& stage : weight_stages(stages, layers)) made.push_back(stage.layers);
  return made;
}

TEST(WeightStages, GoInEqualStepsToAllLayers) {
  EXPECT_THAT(tops(4, 28), ::testing::ElementsAre(7, 14, 21, 28));
  EXPECT_THAT(tops(4, 4), ::testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(tops(4, 6), ::testing::ElementsAre(2, 3, 5, 6));
  EXPECT_THAT(tops(4, 2), ::testing::ElementsAre(1, 2)) << "each adds a layer";
  EXPECT_THAT(tops(1, 28), ::testing::ElementsAre(28));
  EXPECT_THAT(tops(4, 0), ::testing::IsEmpty());
}

TEST(Checks, AreWordsWithCommasBetween) {
  EXPECT_THAT(parse_checks("image,weights,image"), ::testing::ElementsAre(Check::weights, Check::image));
  EXPECT_EQ(text_of(parse_checks("weights,question,image")), "weights,question,image");
  for (const char* wrong : {"", "weight", "weights,", ",weights", "weights;image"}) {
    try {
      parse_checks(wrong);
      ADD_FAILURE() << wrong;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_OPTION);
      EXPECT_THAT(error.what(), ::testing::HasSubstr("--checks"));
    }
  }
}

TEST(Stages, AreCalledByWhatIsAltered) {
  EXPECT_EQ(folder_of({Check::weights, 14}), "weights-14");
  EXPECT_EQ(folder_of({Check::question, 0}), "question");
  EXPECT_EQ(folder_of({Check::image, 0}), "image");
}

}  // namespace
}  // namespace ocellus::sanity
