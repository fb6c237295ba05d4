// Figures of many maps, as the built plugin writes them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "plugins/renderers/common/colormap.hpp"
#include "tests/support/renderer_fixture.hpp"

namespace ocellus::grid {
namespace {

using drawing::PixelRect;
using drawing::Rgb;
using test::FakeHost;
using test::Png;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Rgb kFrame{255, 0, 0};

class GridTest : public test::RendererFixture {
 protected:
  FakeHost& open(const std::string& options, int width = 60, int height = 40) {
    open_renderer("grid", options, width, height);
    host_->record = {{"id", "sample"}, {"question", "What is on the right?"}, {"layers", "8"}, {"image.0", "cat.png"}};
    return *host_;
  }
  // A stack of maps of 2 x 3 cells, each of one value alone but for its first cell, which is 0.
  ArtifactWriter stack(const std::vector<int64_t>& index, const std::vector<float>& values,
                       const char* axis = "layer") {
    std::vector<float> all;
    for (const float value : values) all.insert(all.end(), {0, value, value, value, value, value});
    const auto n = static_cast<int64_t>(index.size());
    ArtifactWriter artifact = host_->artifact("heatmap-stack/1", 0);
    artifact.tensor("values", all, {n, 2, 3})
        .tensor("index", index, {n})
        .tensor("cells", test::cells(2, 3), {2, 3, 4})
        .text("axis", axis);
    return artifact;
  }
};

// One inch a cell at 100 dpi: pictures of 100 x 67 pixels.
constexpr const char* kSmall = "cell=1,dpi=100,bar=off,title=off";

TEST_F(GridTest, MapsStandInRowsInTheirOrder) {
  open(std::string(kSmall) + ",style=heatmap,columns=2,interpolation=cells,vmin=0,vmax=4");
  stack({0, 3, 7}, {1, 2, 4}).commit();
  ASSERT_EQ(render(), OC_OK);
  ASSERT_THAT(host_->files, ElementsAre("raw-attention.png"));
  const Png picture = png("raw-attention.png");
  const drawing::Colormap& hot = drawing::Colormap::by_name("hot");
  const PixelRect first = picture.around(hot(0.25F), picture.whole()),
                  second = picture.around(hot(0.5F), picture.whole());
  EXPECT_EQ(first.width, 100);
  EXPECT_NEAR(first.height, 67, 1);
  EXPECT_EQ(second.y, first.y);
  EXPECT_GT(second.x, first.x + first.width);
  // The third, hot(1), is white as the paper: its black first cell stands below that of the first.
  const PixelRect black = picture.around(hot(0), {first.x, first.y + first.height + 1, 40, 200});
  EXPECT_EQ(black.x, first.x);
  EXPECT_GT(black.y, first.y + first.height);
}

TEST_F(GridTest, TheLastLayerOfTheModelIsFramed) {
  const auto frame = [&](const std::string& highlight) {
    open(std::string(kSmall) + ",style=overlay,alpha=0,highlight=" + highlight);
    stack({0, 7}, {1, 2}).commit();
    EXPECT_EQ(render(), OC_OK);
    const Png picture = png("raw-attention.png");
    const PixelRect red = picture.around(kFrame, picture.whole());
    const PixelRect sources = picture.around(kSource, picture.whole());
    // Around the second cell, hiding nothing of it.
    if (red.width > 0) {
      EXPECT_EQ(red.x + red.width - 2, sources.x + sources.width);
      EXPECT_EQ(red.width, 104);
      EXPECT_NEAR(red.height, 71, 1);
    }
    return red.width > 0;
  };
  EXPECT_TRUE(frame("last"));
  EXPECT_TRUE(frame("7"));
  EXPECT_FALSE(frame("6"));
}

TEST_F(GridTest, DegenerateMapsAreHatchedAndTheirSentenceIsThere) {
  open(std::string(kSmall) + ",style=heatmap,vmin=0,vmax=2,interpolation=cells");
  stack({0, 7}, {1, 1}).commit();
  ASSERT_EQ(render(), OC_OK);
  const int height = png("raw-attention.png").height();
  const drawing::Colormap& hot = drawing::Colormap::by_name("hot");

  open(std::string(kSmall) + ",style=heatmap,vmin=0,vmax=2,interpolation=cells");
  stack({0, 7}, {1, 1}).text("degenerate.7", "the gradient of the last layer is exactly zero").commit();
  ASSERT_EQ(render(), OC_OK);
  const Png picture = png("raw-attention.png");
  EXPECT_GT(picture.height(), height);  // a line more
  const PixelRect coloured = picture.around(hot(0.5F), picture.whole());
  EXPECT_EQ(coloured.width, 100);  // the first map alone
  EXPECT_GT(picture.around({85, 85, 85}, {coloured.x + 110, coloured.y, 100, 67}).width, 90);
}

TEST_F(GridTest, TheSourceComesFirstAndPairsStandAboveEachOther) {
  open(std::string(kSmall) + ",style=both,original=on,alpha=0");
  stack({0, 3}, {1, 2}).commit();
  ASSERT_EQ(render(), OC_OK);
  const Png picture = png("raw-attention.png");
  const PixelRect all = picture.around(kSource, picture.whole());
  const PixelRect top = picture.around(kSource, {0, 0, picture.width(), all.y + 60});
  EXPECT_EQ(top.width, 100);  // the source, in the first row alone
  const PixelRect below = picture.around(kSource, {0, all.y + 80, picture.width(), picture.height() - all.y - 80});
  EXPECT_GT(below.x, top.x + top.width);  // nothing below the source
  EXPECT_EQ(below.x + below.width, all.x + all.width);
}

TEST_F(GridTest, PatchesAreDashedOverTheSourceAlone) {
  const auto sources = [&](const std::string& more) {
    open(std::string(kSmall) + ",style=both,pairs=beside,original=on,alpha=0,colormap=viridis" + more);
    stack({0}, {1}).commit();
    EXPECT_EQ(render(), OC_OK);
    const Png picture = png("raw-attention.png");
    std::vector<int> counts;  // of pixels of the source in each of its blocks
    const PixelRect all = picture.around(kSource, picture.whole());
    for (const int x : {all.x, all.x + all.width - 100}) {
      int count = 0;
      for (int i = 0; i < 100 * all.height; ++i) count += picture.at(x + i % 100, all.y + i / 100) == kSource ? 1 : 0;
      counts.push_back(count);
    }
    return counts;
  };
  const std::vector<int> plain = sources(""), dashed = sources(",patches=dashed");
  EXPECT_EQ(plain[0], plain[1]);
  EXPECT_EQ(dashed[0], plain[0]);       // the original
  EXPECT_LT(dashed[1], plain[1] - 80);  // three lines, two thirds of each drawn
}

TEST_F(GridTest, OneBarForASharedScaleOneForEachOwn) {
  const auto width = [&](const std::string& more) {
    open("cell=3,dpi=100,title=off,style=heatmap," + more);
    stack({0, 3}, {1, 2}).commit();
    EXPECT_EQ(render(), OC_OK);
    return png("raw-attention.png").width();
  };
  const int none = width("bar=off"), shared = width("scale=shared"), own = width("scale=own");
  EXPECT_GT(own, std::max(none, shared));
  EXPECT_LT(width("vmin=0,vmax=3"), own);
}

TEST_F(GridTest, AgreementIsTold) {
  const auto height = [&](const std::string& agreement, bool scores) {
    open(std::string(kSmall) + ",by=method,agreement=" + agreement);
    host_->label = "a";
    stack({3}, {1}).commit();
    host_->label = "b";
    stack({3}, {2}).commit();
    for (const char* label : {"a", "b"}) {
      for (const char* score : {"pointing", "centre", "random"}) {
        if (scores) host_->scores[fmt::format("{}/0/{}", label, score)] = 0.5;
      }
    }
    EXPECT_EQ(render(), OC_OK);
    EXPECT_THAT(host_->files, ElementsAre("a.methods.png"));
    return png("a.methods.png").height();
  };
  EXPECT_LT(height("off", true), height("on", false));
  EXPECT_LT(height("auto", false), height("auto", true));
}

TEST_F(GridTest, EveryFormatTwiceTheSame) {
  std::vector<std::string> first;
  for (int round = 0; round < 2; ++round) {
    open("format=png+jpg+pdf+svg,cell=1,dpi=60,style=both,heading=CAM across {n} layers 层 طبقات");
    stack({0, 3}, {1, 2}).commit();
    ASSERT_EQ(render(), OC_OK);
    std::vector<std::string> files;
    for (const std::string& file : host_->files) files.push_back(test::read_file(host_->path_of(file)));
    ASSERT_EQ(files.size(), 4U);
    EXPECT_TRUE(round == 0 || files == first);
    first = std::move(files);
  }
  EXPECT_TRUE(host_->warnings.empty());
}

TEST_F(GridTest, SaysWhatIsMissing) {
  open("by=head");
  stack({0}, {1}).commit();
  EXPECT_EQ(render(), OC_E_UNSUPPORTED);
  EXPECT_THAT(host_->failures.back(), HasSubstr("heads=each"));
  open("");
  stack({0}, {1}, "head").commit();
  EXPECT_EQ(render(), OC_E_UNSUPPORTED);
  EXPECT_THAT(host_->failures.back(), HasSubstr("by=head"));
  open("by=weights");
  stack({0}, {1}).commit();
  EXPECT_EQ(render(), OC_E_UNSUPPORTED);
  open("by=image,agreement=on");
  EXPECT_EQ(render(), OC_E_OPTION);
  open("vmin=2,vmax=1");
  EXPECT_EQ(render(), OC_E_OPTION);
  open("cell=20,dpi=1200");
  stack({0, 1, 2}, {1, 2, 3}).commit();
  EXPECT_EQ(render(), OC_E_OPTION);
  EXPECT_THAT(host_->failures.back(), HasSubstr("pixels"));
  open("by=question");  // draws over samples, and this is one
  stack({0}, {1}).commit();
  EXPECT_EQ(render(), OC_OK);
  EXPECT_TRUE(host_->files.empty());
}

}  // namespace
}  // namespace ocellus::grid
