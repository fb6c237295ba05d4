// Where maps stand, and in which colours.
#include <array>
#include <string>
#include <vector>

#include "tests/plugins/renderers/overlay/overlay_fixture.hpp"

namespace ocellus::overlay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(OverlayTest, PutsTheHotCellInItsPlaceOfTheSource) {
  for (const auto& [width, height, rows, columns, row, column] :
       {std::array{270, 180, 6, 9, 1, 7}, {180, 270, 9, 6, 7, 1}}) {
    open("style=overlay,colormap=viridis,interpolation=cells,alpha=1", width, height);
    map(spot(rows, columns, row, column), rows, columns).commit();
    ASSERT_EQ(render(), OC_OK);
    ASSERT_THAT(host_->files, ElementsAre("raw-attention.png"));
    const Png picture = png("raw-attention.png");
    expect_rect(picture.whole(), {0, 0, width, height});
    expect_rect(picture.around(viridis(1.0F), picture.whole()), {column * 30, row * 30, 30, 30});
    EXPECT_EQ(picture.at(1, 1), viridis(0.0F));
  }
}

TEST_F(OverlayTest, MixesMapAndSourceByAlpha) {
  open("style=overlay,colormap=viridis,interpolation=cells,alpha=0.25", 90, 60);
  map(spot(2, 3, 0, 2), 2, 3).commit();
  ASSERT_EQ(render(), OC_OK);
  const Rgb hot = viridis(1.0F), mixed = png("raw-attention.png").at(75, 15);
  EXPECT_NEAR(mixed.r, 0.25 * hot.r + 0.75 * kSource.r, 1);
  EXPECT_NEAR(mixed.g, 0.25 * hot.g + 0.75 * kSource.g, 1);
  EXPECT_NEAR(mixed.b, 0.25 * hot.b + 0.75 * kSource.b, 1);
}

TEST_F(OverlayTest, PlacesACroppedMapWhereItsCellsLie) {
  open("style=overlay,colormap=viridis,alpha=1,interpolation=cells", 200, 100);
  host_->artifact("heatmap/1", 0)
      .tensor("values", spot(4, 4, 3, 0), {4, 4})
      .tensor("cells", cells(4, 4, {0.25, 0.0, 0.75, 1.0}), {4, 4, 4})
      .commit();
  ASSERT_EQ(render(), OC_OK);
  const Png picture = png("raw-attention.png");
  expect_rect(picture.around(viridis(1.0F), picture.whole()), {50, 75, 25, 25});
}

TEST_F(OverlayTest, GivenRangeSetsTheColours) {
  open("style=overlay,colormap=viridis,alpha=1,vmin=0,vmax=0.5", 80, 40);
  map(spot(1, 2, 0, 1), 1, 2).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_EQ(png("raw-attention.png").at(79, 20), viridis(0.5F));
}

TEST_F(OverlayTest, ABoundThatIsNoNumberIsRefused) {
  for (const char* text : {"vmin=low", "vmax=0.5x", "vmax=nan", "vmin=1e99"}) {
    open(text, 80, 40);
    map(spot(1, 2, 0, 1), 1, 2).commit();
    EXPECT_EQ(render(), OC_E_OPTION) << text;
    EXPECT_THAT(host_->failures, ElementsAre(HasSubstr(std::string(text) + " is not a number")));
    EXPECT_THAT(host_->files, IsEmpty());
  }
}

TEST_F(OverlayTest, ASharedScaleSpansAllMapsOfTheMethod) {
  open("style=overlay,alpha=1,colormap=viridis,interpolation=cells,scale=shared", 80, 40);
  add_picture(80, 40);
  map({0.0F, 1.0F}, 1, 2, 0).commit();
  map({0.0F, 0.5F}, 1, 2, 1).commit();
  host_->label = "other";
  map({0.0F, 0.001F}, 1, 2, 0).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_EQ(png("raw-attention.png").at(79, 20), viridis(1.0F));
  EXPECT_EQ(png("raw-attention.image1.png").at(79, 20), viridis(0.5F));
  EXPECT_EQ(png("other.png").at(79, 20), viridis(1.0F));
}

TEST_F(OverlayTest, ADegenerateMapIsHatchedWithItsSentence) {
  for (const char* style : {"panel", "overlay", "heatmap"}) {
    open(std::string("dpi=100,size=3,colormap=viridis,style=") + style, 300, 200);
    map(std::vector<float>(6, 0.0F), 2, 3)
        .text("degenerate", "The gradient at the last layer's output is exactly zero.")
        .commit();
    ASSERT_EQ(render(), OC_OK);
    const Png picture = png("raw-attention.png");
    int sentence = 0, lines = 0, coloured = 0;
    for (int y = 0; y < picture.height(); ++y) {
      for (int x = 0; x < picture.width(); ++x) {
        const Rgb c = picture.at(x, y);
        sentence += c.r > c.g + 80 && c.r > c.b + 80 ? 1 : 0;
        lines += c == Rgb{85, 85, 85} ? 1 : 0;
        coloured += c == viridis(0.0F) ? 1 : 0;
      }
    }
    EXPECT_GT(sentence, 50) << style;
    EXPECT_GT(lines, 200) << style;
    EXPECT_EQ(coloured, 0) << style;
  }
}

TEST_F(OverlayTest, OneMapOfAStackMayBeDegenerate) {
  open("style=overlay,alpha=1,colormap=viridis,interpolation=cells,scale=shared,top=1", 400, 200);
  std::vector<float> values{0.0F, 1.0F, 0.0F, 1000.0F};
  host_->artifact("heatmap-stack/1", 0)
      .tensor("values", values, {2, 1, 2})
      .tensor("index", std::vector<int64_t>{4, 11}, {2})
      .tensor("cells", cells(1, 2), {1, 2, 4})
      .text("axis", "layer")
      .text("degenerate.11", "The gradient at the last layer's output is exactly zero.")
      .commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_EQ(png("raw-attention.layer4.png").at(390, 195), viridis(1.0F));
  const Png hatched = png("raw-attention.layer11.png");
  EXPECT_EQ(hatched.around(viridis(1.0F), hatched.whole()).width, 0);
  int sentence = 0;
  for (int y = 150; y < 200; ++y) {
    for (int x = 0; x < 400; ++x) sentence += hatched.at(x, y).r > hatched.at(x, y).g + 80 ? 1 : 0;
  }
  EXPECT_GT(sentence, 50);
}

TEST_F(OverlayTest, RefusesMapsWithoutAPlace) {
  open("", 80, 40);
  host_->artifact("heatmap/1", 0).tensor("values", spot(1, 2, 0, 1), {1, 2}).commit();
  EXPECT_EQ(render(), OC_E_INTERNAL);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("`cells`")));

  open("", 80, 40);
  map(spot(1, 2, 0, 1), 1, 2, -1).commit();
  EXPECT_EQ(render(), OC_E_INTERNAL);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("no picture")));

  open("", 80, 40);
  host_->artifact("heatmap/1", 0)
      .tensor("values", spot(1, 2, 0, 1), {1, 2})
      .tensor("cells", cells(2, 1), {2, 1, 4})
      .commit();
  EXPECT_EQ(render(), OC_E_INTERNAL);
}

}  // namespace
}  // namespace ocellus::overlay
