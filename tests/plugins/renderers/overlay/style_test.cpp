// Which pictures are made of an artifact, and what stands in them.
#include <algorithm>
#include <array>
#include <vector>

#include "tests/plugins/renderers/overlay/overlay_fixture.hpp"

namespace ocellus::overlay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(OverlayTest, PanelShowsSourceAndMapInOneSize) {
  for (const auto& [width, height, rows, columns, row, column] :
       {std::array{300, 200, 4, 6, 0, 5}, {200, 300, 6, 4, 5, 0}}) {
    open("dpi=100,size=3,colormap=viridis,interpolation=cells,alpha=1", width, height);
    map(spot(rows, columns, row, column), rows, columns).commit();
    ASSERT_EQ(render(), OC_OK);
    const Png picture = png("raw-attention.png");
    const PixelRect source = picture.around(kSource, picture.whole());
    EXPECT_EQ(source.width, width);
    EXPECT_EQ(source.height, height);
    int x = source.x + source.width;
    while (x < picture.width() - 1 && picture.at(x, source.y) == kWhite) ++x;
    const PixelRect heat = picture.block(x, source.y);
    expect_rect(heat, {x, source.y, width, height});
    expect_rect(picture.around(viridis(1.0F), heat), {x + column * 50, source.y + row * 50, 50, 50});
    // The key: right of the map, from the last colour at the top to the first at the bottom.
    const PixelRect right{x + width, 0, picture.width() - x - width, picture.height()};
    EXPECT_LT(picture.around(viridis(1.0F), right).y, picture.around(viridis(0.0F), right).y - height / 2);
  }
}

TEST_F(OverlayTest, HeatmapShowsTheMapAlone) {
  open("style=heatmap,dpi=100,size=3,colormap=viridis,interpolation=cells", 300, 200);
  map(spot(4, 6, 2, 1), 4, 6).commit();
  ASSERT_EQ(render(), OC_OK);
  const Png picture = png("raw-attention.png");
  EXPECT_EQ(picture.around(kSource, picture.whole()).width, 0);
  const PixelRect cold = picture.around(viridis(0.0F), picture.whole());
  const PixelRect heat = picture.block(cold.x, cold.y);
  EXPECT_EQ(heat.width, 300);
  EXPECT_EQ(heat.height, 200);
  expect_rect(picture.around(viridis(1.0F), heat), {heat.x + 50, heat.y + 100, 50, 50});
}

TEST_F(OverlayTest, TriptychShowsTheMapBetweenSourceAndOverlayInEveryFormat) {
  open("style=triptych,dpi=100,size=3,colormap=viridis,interpolation=cells,format=png+jpg+pdf+svg", 300, 200);
  map(spot(2, 2, 1, 0), 2, 2).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files,
              ElementsAre("raw-attention.png", "raw-attention.jpg", "raw-attention.pdf", "raw-attention.svg"));
  const Png picture = png("raw-attention.png");
  const PixelRect source = picture.around(kSource, picture.whole());
  EXPECT_EQ(source.width, 300);
  const PixelRect right{source.x + 310, source.y, picture.width() - source.x - 310, source.height};
  const PixelRect cold = picture.around(viridis(0.0F), {right.x, right.y, 215, right.height});
  expect_rect(cold, {cold.x, source.y, 200, 200});
  expect_rect(picture.around(viridis(1.0F), cold), {cold.x, source.y + 100, 100, 100});
}

TEST_F(OverlayTest, PatchesAreDashedWhereTheirCellsBegin) {
  open("style=overlay,alpha=0,patches=dashed", 90, 60);
  map(spot(2, 3, 0, 2), 2, 3).commit();
  ASSERT_EQ(render(), OC_OK);
  const Png picture = png("raw-attention.png");
  const auto is_source = [&](int x, int y) { return picture.at(x, y) == kSource; };
  for (const int x : {30, 60}) {
    EXPECT_FALSE(is_source(x, 1));
    EXPECT_TRUE(is_source(x, 5));  // between dashes
    EXPECT_TRUE(is_source(x - 1, 1));
    EXPECT_TRUE(is_source(x + 1, 1));
  }
  EXPECT_FALSE(is_source(1, 30));
  EXPECT_TRUE(is_source(1, 29));
  EXPECT_TRUE(is_source(0, 0));
}

TEST_F(OverlayTest, SeveralStylesGiveSeveralFiles) {
  open("style=overlay+panel+heatmap+panel,dpi=50", 90, 60);
  map(spot(2, 3, 0, 2), 2, 3).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files,
              ElementsAre("raw-attention.overlay.png", "raw-attention.panel.png", "raw-attention.heatmap.png"));
  EXPECT_EQ(png("raw-attention.overlay.png").width(), 90);
}

TEST_F(OverlayTest, AStackGivesAFileALayerEachInItsOwnRange) {
  open("style=overlay,colormap=viridis,interpolation=cells,alpha=1", 80, 40);
  std::vector<float> values = spot(1, 2, 0, 0);
  values.insert(values.end(), {0.0F, 0.001F});
  host_->artifact("heatmap-stack/1", 0)
      .tensor("values", values, {2, 1, 2})
      .tensor("index", std::vector<int64_t>{11, 3}, {2})
      .tensor("cells", cells(1, 2), {1, 2, 4})
      .text("axis", "layer")
      .commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.layer11.png", "raw-attention.layer3.png"));
  EXPECT_EQ(png("raw-attention.layer11.png").at(10, 10), viridis(1.0F));
  EXPECT_EQ(png("raw-attention.layer3.png").at(10, 10), viridis(0.0F));
  EXPECT_EQ(png("raw-attention.layer3.png").at(70, 10), viridis(1.0F));
}

TEST_F(OverlayTest, AStackOverSomethingElseNamesIt) {
  open("style=overlay+heatmap,dpi=50", 80, 40);
  host_->artifact("heatmap-stack/1", 0)
      .tensor("values", spot(2, 1, 0, 0), {2, 1, 1})
      .tensor("index", std::vector<int64_t>{0, 1}, {2})
      .tensor("cells", cells(1, 1), {1, 1, 4})
      .text("axis", "token")
      .commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.token0.overlay.png", "raw-attention.token0.heatmap.png",
                                        "raw-attention.token1.overlay.png", "raw-attention.token1.heatmap.png"));
}

TEST_F(OverlayTest, EveryImageGetsItsOwnMap) {
  open("style=overlay,alpha=1", 90, 60);
  add_picture(40, 80);
  map(spot(2, 3, 0, 2), 2, 3, 0).commit();
  map(spot(4, 2, 0, 1), 4, 2, 1).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.png", "raw-attention.image1.png"));
  expect_rect(png("raw-attention.image1.png").whole(), {0, 0, 40, 80});
}

TEST_F(OverlayTest, ARowShowsAllImagesInOneFigure) {
  open("images=row,style=heatmap+panel,dpi=100,size=2,colormap=viridis,interpolation=cells", 200, 100);
  add_picture(100, 200);
  add_picture(200, 200);
  host_->label = "a";
  map(spot(2, 4, 0, 3), 2, 4, 0).commit();
  map(spot(4, 2, 3, 0), 4, 2, 1).commit();
  map(spot(4, 4, 1, 1), 4, 4, 2).commit();
  host_->label = "b";
  map(spot(4, 4, 1, 1), 4, 4, 2).commit();
  ASSERT_EQ(render(), OC_OK) << host_->failures.front();
  EXPECT_THAT(host_->files, ElementsAre("a.heatmap.png", "a.panel.png", "b.image2.heatmap.png", "b.image2.panel.png"));
  // The hot cells of 50 pixels, from the left: right end of the first, lower left of the second, middle of the third.
  const Png picture = png("a.heatmap.png");
  std::vector<PixelRect> hot;
  for (int x = 0; x < picture.width(); ++x) {
    for (int y = 0; y < picture.height(); ++y) {
      const bool seen = std::any_of(hot.begin(), hot.end(), [&](const PixelRect& r) {
        return x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height;
      });
      if (seen || picture.at(x, y) != viridis(1.0F) || x + 49 >= picture.width()) continue;
      if (picture.at(x + 49, y + 49) == viridis(1.0F)) hot.push_back({x, y, 50, 50});
    }
  }
  ASSERT_EQ(hot.size(), 3U);
  const PixelRect first{hot[0].x - 150, hot[0].y, 200, 100};
  EXPECT_EQ(picture.at(first.x, first.y + 99), viridis(0.0F));
  EXPECT_EQ(picture.at(first.x - 1, first.y + 99), kWhite);
  EXPECT_EQ(picture.at(hot[1].x + 99, hot[1].y), viridis(0.0F));
  EXPECT_EQ(picture.at(hot[1].x - 1, hot[1].y), kWhite);
  EXPECT_EQ(picture.at(hot[2].x - 50, hot[2].y - 50), viridis(0.0F));
}

TEST_F(OverlayTest, RowsKeepArtifactsOfOtherNamesApart) {
  open("images=row,style=heatmap,dpi=50", 80, 40);
  add_picture(80, 40);
  for (const char* name : {"", "relative"}) {
    for (const int image : {0, 1}) {
      host_->artifact("heatmap/1", image, name)
          .tensor("values", spot(1, 2, 0, 1), {1, 2})
          .tensor("cells", cells(1, 2), {1, 2, 4})
          .commit();
    }
  }
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.png", "raw-attention.relative.png"));
  EXPECT_EQ(png("raw-attention.png").width(), png("raw-attention.relative.png").width());
}

TEST_F(OverlayTest, RowsOfBareOverlaysAreRefused) {
  open("images=row,style=panel+overlay", 80, 40);
  EXPECT_EQ(render(), OC_E_OPTION);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("images=row")));
}

TEST_F(OverlayTest, TheSourceAloneIsThereOnceAnImage) {
  FakeHost& host = open("style=source", 30, 20);
  map(spot(2, 3, 0, 1), 2, 3).commit();
  map(spot(2, 3, 1, 1), 2, 3).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host.files, testing::ElementsAre("raw-attention.png"));
  const Png picture = png("raw-attention.png");
  expect_rect(picture.around(kSource, picture.whole()), {0, 0, 30, 20});
  EXPECT_EQ(picture.width(), 30);
  EXPECT_EQ(picture.height(), 20);
  open("style=source,images=row", 30, 20);
  EXPECT_EQ(render(), OC_E_OPTION);
}

}  // namespace
}  // namespace ocellus::overlay
