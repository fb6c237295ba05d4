#include "plugins/renderers/common/maps/captions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_host.hpp"

namespace ocellus::maps {
namespace {

using test::FakeHost;
using testing::ElementsAre;
using testing::IsEmpty;

class CaptionsTest : public testing::Test {
 protected:
  ArtifactView last_artifact() const {
    return {Host(host_.host()).service<oc_artifact_1>(OC_SERVICE_ARTIFACT), host_.artifacts().back()};
  }
  std::vector<std::string> subtitles(bool several_images = false) const {
    const ArtifactView artifact = last_artifact();
    std::vector<std::string> lines;
    for (const StoredMap& map : maps_of(artifact)) lines.push_back(subtitle_of(artifact, map, several_images));
    return lines;
  }
  ArtifactWriter map(int32_t image = 0) const {
    ArtifactWriter artifact = host_.artifact("heatmap/1", image);
    artifact.tensor("values", std::vector<float>{1, 3, 3, 2}, {2, 2}).tensor("cells", kCells, {2, 2, 4});
    return artifact;
  }
  ArtifactWriter stack(const char* axis) const {
    ArtifactWriter artifact = host_.artifact("heatmap-stack/1", 1);
    artifact.tensor("values", std::vector<float>(8, 1.0F), {2, 2, 2})
        .tensor("cells", kCells, {2, 2, 4})
        .tensor("index", std::vector<int64_t>{7, 2}, {2})
        .text("axis", axis);
    return artifact;
  }

  static inline const std::vector<float> kCells{0.0F, -0.5F, 0.5F, 0.5F, 0.5F, -0.5F, 1.0F, 0.5F,
                                                0.0F, 0.5F,  0.5F, 1.5F, 0.5F, 0.5F,  1.0F, 1.5F};
  FakeHost host_{"overlay", "overlay"};
};

TEST_F(CaptionsTest, TitleIsWhatIsRecorded) {
  const Host host(host_.host());
  const ocellus::Run run(host, host_.run());
  EXPECT_THAT(title_of(run), IsEmpty());
  host_.record["question"] = "What is red?";
  EXPECT_THAT(title_of(run), ElementsAre("Q: \u2068What is red?\u2069"));
  host_.record["answer"] = "مربع";
  EXPECT_THAT(title_of(run), ElementsAre("Q: \u2068What is red?\u2069", "A: \u2068مربع\u2069"));
}

TEST_F(CaptionsTest, SubtitleSaysWhatTheArtifactSays) {
  map().commit();
  EXPECT_THAT(subtitles(), ElementsAre("raw-attention"));
  map()
      .number("layer", 3)
      .text("layers", "3")
      .text("heads", "mean")
      .text("query", "answer:0")
      .number("mass.image0", 0.4213)
      .commit();
  EXPECT_THAT(subtitles(), ElementsAre("raw-attention · layer 3 · heads mean · query answer:0 · image mass 0.42"));
  map(1)
      .text("layers", "0+4+5")
      .text("heads", "11")
      .number("mass.image0", 0.4213)
      .number("mass.image1", 0.00318)
      .commit();
  EXPECT_THAT(subtitles(true),
              ElementsAre("raw-attention · image 1 · mean of layers 0+4+5 · head 11 · image mass 0.0032"));
  map().text("layers", "0+1").text("layers.how", "through").commit();
  EXPECT_THAT(subtitles(), ElementsAre("raw-attention · through layers 0+1"));
}

TEST_F(CaptionsTest, EveryMapOfAStackHasItsOwnMass) {
  stack("layer")
      .tensor("mass", std::vector<float>{0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F}, {2, 3})
      .text("mass_groups", "bos image0 image1")
      .commit();
  EXPECT_THAT(subtitles(),
              ElementsAre("raw-attention · layer 7 · image mass 0.3", "raw-attention · layer 2 · image mass 0.6"));
  stack("token").commit();
  EXPECT_THAT(subtitles(), ElementsAre("raw-attention · token 7", "raw-attention · token 2"));
}

TEST_F(CaptionsTest, MassThatDoesNotFitItsGroupsIsRefused) {
  stack("layer").tensor("mass", std::vector<float>{0.1F, 0.2F}, {2, 1}).text("mass_groups", "bos image1").commit();
  EXPECT_THROW(subtitles(), Error);
}

TEST_F(CaptionsTest, MapsKnowTheirExtentAndHottestCells) {
  map().commit();
  const StoredMap stored = maps_of(last_artifact()).front();
  EXPECT_EQ(stored.extent.x0, 0.0);
  EXPECT_EQ(stored.extent.y0, -0.5);
  EXPECT_EQ(stored.extent.x1, 1.0);
  EXPECT_EQ(stored.extent.y1, 1.5);
  const std::vector<HotCell> top = hottest_cells(last_artifact(), stored.map, 3);
  ASSERT_EQ(top.size(), 3U);
  EXPECT_EQ(top[0].row, 0);  // the first of equals
  EXPECT_EQ(top[0].column, 1);
  EXPECT_EQ(top[0].value, 3.0F);
  EXPECT_EQ(top[0].box.x0, 0.5);
  EXPECT_EQ(top[0].box.y1, 0.5);
  EXPECT_EQ(top[1].row, 1);
  EXPECT_EQ(top[1].column, 0);
  EXPECT_EQ(top[2].row, 1);
  EXPECT_EQ(top[2].column, 1);
  EXPECT_EQ(hottest_cells(last_artifact(), stored.map, 100).size(), 4U);
  EXPECT_THAT(hottest_cells(last_artifact(), stored.map, 0), IsEmpty());
  stack("layer").commit();
  EXPECT_THAT(hottest_cells(last_artifact(), maps_of(last_artifact()).front().map, 3), IsEmpty());
}

}  // namespace
}  // namespace ocellus::maps
